#include "creation.h"

#include "children.h"
#include "environment.h"
#include "port.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { DEFAULT_LIMIT_MS = 10000 };

/** crun's arguments, which end with the container's id. */
struct words {
	const char *list[MAX_ARGUMENTS + 8];
	size_t count;
};

static void add(struct words *words, const char *word)
{
	words->list[words->count++] = word;
}

/** What every process of crun's is made with, whatever the host asks. */
static void add_ours(struct words *words, const struct creation *creation)
{
	add(words, "--pid-file");
	add(words, creation->pid_file);
	if (creation->process->is_tty) {
		add(words, "--console-socket");
		add(words, creation->console_path);
	}
	if (creation->environment >= 0) {
		add(words, "--preserve-fds");
		add(words, "2");
	}
}

/** Opens what the request names, if it does; 0 or an errno. */
static int take_environment(struct creation *creation, const struct fields *in)
{
	const char *path = field_text(in, TAG_ENVIRONMENT);
	if (path == NULL)
		return 0;
	creation->environment = environment_open(path);
	return creation->environment < 0 || launcher_copy() < 0 ? errno : 0;
}

/** The named process with its streams, or NULL after an answer. */
static struct creation *begin(uint64_t id, const struct fields *in, bool is_container)
{
	const char *name = field_text(in, TAG_PROCESS);
	const char *cgroup = field_text(in, TAG_CGROUP);
	uint64_t streams[] = {
		field_number(in, TAG_STDIN, 0),
		field_number(in, TAG_STDOUT, 0),
		field_number(in, TAG_STDERR, 0),
	};
	if (name == NULL || in_stream_known(streams[0]) || out_stream_known(streams[1]) ||
	    out_stream_known(streams[2])) {
		port_answer(port_generation(), id, name == NULL ? EINVAL : EEXIST,
			    "Cannot make a process with this id or these streams");
		return NULL;
	}
	struct process *process = process_add(name, is_container);
	if (process == NULL) {
		port_answer(port_generation(), id, errno, "Cannot make one more process of this id");
		return NULL;
	}
	process->is_tty = field_number(in, TAG_TTY, 0) != 0;
	process->in_id = streams[0];
	process->out_id = streams[1];
	process->err_id = process->is_tty ? 0 : streams[2];
	if (cgroup != NULL)
		format(process->cgroup, sizeof(process->cgroup), "%s", cgroup);
	return creation_new(process, id);
}

void do_spawn(uint64_t id, const struct fields *in)
{
	struct words words = {.count = 0};
	const char *last = NULL;
	struct creation *creation = begin(id, in, true);
	if (creation == NULL)
		return;
	for (size_t i = 0; i < in->count && words.count < MAX_ARGUMENTS; i++) {
		if (in->list[i].tag != TAG_ARGUMENT)
			continue;
		if (last != NULL)
			add(&words, last);
		last = in->list[i].bytes;
	}
	if (last == NULL || words.count == 0 || words.count == MAX_ARGUMENTS) {
		creation_refuse(creation, EINVAL, "Cannot run crun with these arguments");
		return;
	}
	int error = take_environment(creation, in);
	if (error != 0) {
		creation_refuse(creation, error, "Cannot hand the environment to crun");
		return;
	}
	add_ours(&words, creation);
	add(&words, last);
	add(&words, NULL);
	creation_start(creation, words.list, field_number(in, TAG_TIMEOUT, DEFAULT_LIMIT_MS));
}

static int write_process_file(const char *path, const struct field *json)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	ssize_t put = write(fd, json->bytes, json->size);
	int error = put < 0 ? errno : (size_t)put < json->size ? ENOSPC : 0;
	close_fd(&fd);
	return error;
}

/** crun gives an exec none: without the container's, the container would be killed in its place. */
static void take_oom_score(struct creation *creation, const char *container)
{
	char path[64], text[16];
	struct process *of = process_find(container);
	if (of == NULL || of->state != PROCESS_RUNNING)
		return;
	format(path, sizeof(path), "/proc/%d/oom_score_adj", (int)of->pid);
	ssize_t length = read_text(path, text, sizeof(text));
	if (length <= 0)
		return;
	text[strcspn(text, "\n")] = '\0';
	format(creation->oom_score, sizeof(creation->oom_score), "%s", text);
}

void do_exec(uint64_t id, const struct fields *in)
{
	const char *container = field_text(in, TAG_CONTAINER);
	const struct field *json = field_of(in, TAG_CONTENT);
	struct creation *creation = begin(id, in, false);
	if (creation == NULL)
		return;
	const char *path = field_text(in, TAG_PATH);
	int error = container == NULL || (json == NULL && path == NULL) ? EINVAL
		    : json == NULL					? 0
			   : write_process_file(creation->process_file, json);
	if (error == 0)
		error = take_environment(creation, in);
	if (error != 0) {
		creation_refuse(creation, error, "Cannot hand the process to crun");
		return;
	}
	take_oom_score(creation, container);
	struct words words = {.count = 0};
	add(&words, "crun");
	add(&words, "exec");
	add(&words, "--detach");
	add(&words, "--process");
	add(&words, json == NULL ? path : creation->process_file);
	add_ours(&words, creation);
	add(&words, container);
	add(&words, NULL);
	creation_start(creation, words.list, field_number(in, TAG_TIMEOUT, DEFAULT_LIMIT_MS));
}
