#include "modules.h"

#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char dir[] = "/modules";

static int load(const char *name)
{
	char path[256];
	if (!format(path, sizeof(path), "%s/%s.ko", dir, name))
		return ENAMETOOLONG;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : errno; /* Loaded before. */
	long done = syscall(SYS_finit_module, fd, "", 0);
	int error = done < 0 && errno != EEXIST ? errno : 0;
	close_fd(&fd);
	if (error == 0)
		unlink(path);
	return error;
}

static void load_line(char *names)
{
	for (char *name = strtok(names, " \n"); name != NULL; name = strtok(NULL, " \n")) {
		int error = load(name);
		if (error != 0)
			say("Cannot load module '%s': %s", name, strerror(error));
	}
}

void modules_load(const char *list)
{
	char line[1024];
	FILE *file = fopen(list, "re");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		load_line(line);
	if (file != NULL)
		fclose(file);
}

/** A line of /modules/aliases: a pattern, then the modules to load in order. */
static int load_alias(const char *wanted)
{
	char line[1024];
	int result = 1;
	FILE *file = fopen("/modules/aliases", "re");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		char *names = strchr(line, ' ');
		if (names == NULL)
			continue;
		*names++ = '\0';
		if (fnmatch(line, wanted, 0) == 0) {
			load_line(names);
			result = 0;
		}
	}
	if (file != NULL)
		fclose(file);
	return result;
}

int modules_ask(int count, char **arguments)
{
	int result = 1;
	say_fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	for (int i = 1; i < count; i++) {
		char wanted[256];
		if (arguments[i][0] == '-' || !format(wanted, sizeof(wanted), "%s", arguments[i]))
			continue;
		for (char *at = wanted; *at != '\0'; at++)
			if (*at == '-')
				*at = '_';
		result = load_alias(wanted);
	}
	return result;
}
