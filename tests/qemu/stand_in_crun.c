/*
 * A stand-in for crun in tests of the agent channel: "create … ID" runs the shell script
 * SCRIPTS/ID, "exec … --process FILE ID" the script FILE. It never waits for what it started, as
 * crun does not: a shell that did would take the exit status away from the agent.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

int main(int count, char **arguments)
{
	static char path[4096], text[65536];
	const char *pid_file = NULL, *script = NULL;
	for (int i = 1; i + 1 < count; i++) {
		if (strcmp(arguments[i], "--pid-file") == 0)
			pid_file = arguments[++i];
		else if (strcmp(arguments[i], "--process") == 0)
			script = arguments[++i];
	}
	if (script == NULL) {
		snprintf(path, sizeof(path), "%s/%s", SCRIPTS, arguments[count - 1]);
		script = path;
	}
	int file = open(script, O_RDONLY | O_CLOEXEC);
	if (file < 0 || pid_file == NULL || read(file, text, sizeof(text) - 1) < 0) {
		fprintf(stderr, "container %s does not exist\n", arguments[count - 1]);
		return 1;
	}
	pid_t pid = fork();
	if (pid == 0) {
		setsid();
		execl("/bin/sh", "sh", "-c", text, (char *)NULL);
		_exit(127);
	}
	FILE *to = fopen(pid_file, "we");
	if (pid < 0 || to == NULL)
		return 1;
	fprintf(to, "%d\n", pid);
	return fclose(to) == 0 ? 0 : 1;
}
