#include "create.h"

#include "children.h"
#include "console.h"
#include "port.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DEFAULT_LIMIT_MS = 10000, MAX_ERROR_TEXT = 4000 };

const char *scratch_dir = "/run/frakti/agent";

/** What is there only while crun is at work. */
struct creation {
	struct process *process;
	uint64_t request;
	uint32_t generation;
	pid_t crun;
	struct timer limit;
	bool is_late;
	char pid_file[128], console_path[128], process_file[128];
	/** That crun begins with. */
	char oom_score[16];
	int listener;
	/** The parent's ends, until the process is there. */
	int in, out, err;
	/** What crun itself says when the process has a terminal. */
	int crun_output;
	struct creation *next;
};

static struct creation *creations;
static unsigned serial;

static void free_creation(struct creation *creation)
{
	for (struct creation **at = &creations; *at != NULL; at = &(*at)->next) {
		if (*at == creation) {
			*at = creation->next;
			break;
		}
	}
	timer_clear(&creation->limit);
	close_fd(&creation->listener);
	close_fd(&creation->in);
	close_fd(&creation->out);
	close_fd(&creation->err);
	close_fd(&creation->crun_output);
	unlink(creation->pid_file);
	unlink(creation->console_path);
	unlink(creation->process_file);
	creation->process->creation = NULL;
	free(creation);
	processes_creating--;
}

static struct creation *new_creation(struct process *process, uint64_t request)
{
	struct creation *creation = must_alloc(sizeof(*creation));
	*creation = (struct creation){
		.process = process,
		.request = request,
		.generation = port_generation(),
		.oom_score = "0",
		.listener = -1,
		.in = -1,
		.out = -1,
		.err = -1,
		.crun_output = -1,
		.next = creations,
	};
	unsigned number = serial++;
	format(creation->pid_file, sizeof(creation->pid_file), "%s/%u.pid", scratch_dir, number);
	format(creation->console_path, sizeof(creation->console_path), "%s/%u.tty", scratch_dir,
	       number);
	format(creation->process_file, sizeof(creation->process_file), "%s/%u.json", scratch_dir,
	       number);
	creations = creation;
	process->creation = creation;
	processes_creating++;
	return creation;
}

static void refuse(struct creation *creation, int error, const char *text)
{
	struct process *process = creation->process;
	port_answer(creation->generation, creation->request, error, text);
	free_creation(creation);
	process_drop(process);
}

static void exec_stream_done(struct out_stream *stream)
{
	process_drop_when_done(stream->owner);
}

static void in_stream_done(struct in_stream *stream)
{
	struct process *process = stream->owner;
	process->in = NULL;
	in_stream_free(stream);
}

/** Ties the streams to what crun has left: pipes, or the one terminal. */
static int open_streams(struct creation *creation)
{
	struct process *process = creation->process;
	bool kept = process->is_container;
	void (*done)(struct out_stream *) = kept ? NULL : exec_stream_done;
	if (process->is_tty) {
		process->terminal = console_take(creation->listener);
		if (process->terminal < 0)
			return errno;
		if (process->in_id != 0)
			creation->in = fcntl(process->terminal, F_DUPFD_CLOEXEC, 0);
		if (process->out_id != 0)
			creation->out = fcntl(process->terminal, F_DUPFD_CLOEXEC, 0);
	}
	if (creation->out >= 0) {
		process->out =
			out_stream_open(process->out_id, creation->out, kept, process, done);
		/* Who types at a terminal waits for the answer, not for lines. */
		process->out->output.by_lines = kept && !process->is_tty;
	}
	if (creation->err >= 0)
		process->err =
			out_stream_open(process->err_id, creation->err, kept, process, done);
	creation->out = creation->err = -1;
	return 0;
}

/** After the RESPONSE, which the host awaits before it looks at the stream. */
static void open_input(struct creation *creation)
{
	struct process *process = creation->process;
	if (creation->in < 0)
		return;
	process->in = in_stream_open(process->in_id, creation->in,
				     process->is_tty ? END_TERMINAL : END_CLOSE, process,
				     in_stream_done);
	creation->in = -1;
}

static void drop_streams(struct process *process)
{
	in_stream_free(process->in);
	out_stream_free(process->out);
	out_stream_free(process->err);
	process->in = NULL;
	process->out = process->err = NULL;
}

static void succeed(struct creation *creation, pid_t pid)
{
	struct process *process = creation->process;
	uint8_t bytes[64];
	struct builder fields = {.bytes = bytes, .capacity = sizeof(bytes)};
	int error = process->is_abandoned ? 0 : open_streams(creation);
	if (error != 0) {
		kill(pid, SIGKILL);
		refuse(creation, error, "Cannot take over the terminal");
		return;
	}
	build_number(&fields, TAG_PID, (uint64_t)pid);
	if (creation->generation == port_generation())
		port_send_fields(FRAME_RESPONSE, creation->request, 0, &fields);
	if (!process->is_abandoned)
		open_input(creation);
	free_creation(creation);
	if (process->is_abandoned)
		drop_streams(process);
	process_made(process, pid);
}

/** What crun said, which no process of its making can have said yet. */
static void error_text(struct creation *creation, char *text, size_t size)
{
	ssize_t got = 0;
	if (creation->crun_output >= 0)
		got = pread(creation->crun_output, text, size - 1, 0);
	else if (creation->err >= 0)
		got = read(creation->err, text, size - 1);
	size_t length = got < 0 ? 0 : (size_t)got;
	while (length > 0 && text[length - 1] == '\n')
		length--;
	for (size_t i = 0; i < length; i++)
		if (text[i] == '\0')
			text[i] = ' ';
	text[length] = '\0';
}

static void crun_ended(struct creation *creation, int status)
{
	char text[MAX_ERROR_TEXT];
	creation->crun = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		ssize_t length = read_text(creation->pid_file, text, sizeof(text));
		pid_t pid = length <= 0 ? 0 : (pid_t)strtol(text, NULL, 10);
		if (pid > 0 && !creation->is_late) {
			succeed(creation, pid);
			return;
		}
		if (pid > 0)
			kill(pid, SIGKILL);
	}
	if (creation->is_late) {
		refuse(creation, ETIMEDOUT, "Cannot make the process in time");
		return;
	}
	error_text(creation, text, sizeof(text));
	refuse(creation, EIO, text[0] == '\0' ? "Cannot make the process: crun says nothing" : text);
}

bool creation_reaped(pid_t pid, int status)
{
	for (struct creation *creation = creations; creation != NULL; creation = creation->next) {
		if (creation->crun == pid) {
			crun_ended(creation, status);
			return true;
		}
	}
	return false;
}

static void too_late(struct timer *timer)
{
	struct creation *creation = timer->owner;
	creation->is_late = true;
	/* The answer comes with its end, which follows at once. */
	kill_program(creation->crun);
}

void creation_abandon(struct process *process)
{
	struct creation *creation = process->creation;
	creation->is_late = true;
	kill_program(creation->crun);
}

bool creation_of_former(void)
{
	for (struct creation *creation = creations; creation != NULL; creation = creation->next)
		if (creation->generation != port_generation())
			return true;
	return false;
}

/** Descriptors for the program to start, closed by the caller. */
struct ends {
	int in, out, err;
};

static int make_ends(struct creation *creation, struct ends *ends)
{
	struct process *process = creation->process;
	int pipe[2];
	if (process->is_tty) {
		creation->listener = console_listen(creation->console_path);
		creation->crun_output = memory_file(NULL, 0);
		if (creation->listener < 0 || creation->crun_output < 0)
			return errno;
		ends->out = fcntl(creation->crun_output, F_DUPFD_CLOEXEC, 0);
		ends->err = fcntl(creation->crun_output, F_DUPFD_CLOEXEC, 0);
		return 0;
	}
	if (process->in_id != 0) {
		if (make_pipe(pipe, 1) < 0)
			return errno;
		ends->in = pipe[0];
		creation->in = pipe[1];
	}
	if (process->out_id != 0) {
		if (make_pipe(pipe, 0) < 0)
			return errno;
		ends->out = pipe[1];
		creation->out = pipe[0];
	}
	if (process->err_id != 0) {
		if (make_pipe(pipe, 0) < 0)
			return errno;
		ends->err = pipe[1];
		creation->err = pipe[0];
	} else {
		creation->crun_output = memory_file(NULL, 0);
		ends->err = fcntl(creation->crun_output, F_DUPFD_CLOEXEC, 0);
	}
	return 0;
}

static void start(struct creation *creation, const char **arguments, uint64_t limit_ms)
{
	struct ends ends = {-1, -1, -1};
	int error = make_ends(creation, &ends);
	if (error == 0) {
		creation->crun = start_program(arguments, creation->oom_score, ends.in, ends.out, ends.err);
		error = creation->crun < 0 ? errno : 0;
	}
	close_fd(&ends.in);
	close_fd(&ends.out);
	close_fd(&ends.err);
	if (error != 0) {
		creation->crun = 0;
		refuse(creation, error, "Cannot start crun");
		return;
	}
	timer_set(&creation->limit, limit_ms, too_late, creation);
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
	return new_creation(process, id);
}

void do_spawn(uint64_t id, const struct fields *in)
{
	const char *arguments[MAX_ARGUMENTS + 8];
	size_t count = 0;
	const char *last = NULL;
	struct creation *creation = begin(id, in, true);
	if (creation == NULL)
		return;
	for (size_t i = 0; i < in->count && count < MAX_ARGUMENTS; i++) {
		if (in->list[i].tag != TAG_ARGUMENT)
			continue;
		if (last != NULL)
			arguments[count++] = last;
		last = in->list[i].bytes;
	}
	if (last == NULL || count == 0 || count == MAX_ARGUMENTS) {
		refuse(creation, EINVAL, "Cannot run crun with these arguments");
		return;
	}
	arguments[count++] = "--pid-file";
	arguments[count++] = creation->pid_file;
	if (creation->process->is_tty) {
		arguments[count++] = "--console-socket";
		arguments[count++] = creation->console_path;
	}
	arguments[count++] = last;
	arguments[count] = NULL;
	start(creation, arguments, field_number(in, TAG_TIMEOUT, DEFAULT_LIMIT_MS));
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
	if (error != 0) {
		refuse(creation, error, "Cannot hand the process to crun");
		return;
	}
	take_oom_score(creation, container);
	const char *arguments[] = {
		"crun", "exec", "--detach", "--pid-file", creation->pid_file, "--process",
		json == NULL ? path : creation->process_file, container, NULL, NULL, NULL,
	};
	if (creation->process->is_tty) {
		arguments[7] = "--console-socket";
		arguments[8] = creation->console_path;
		arguments[9] = container;
	}
	start(creation, arguments, field_number(in, TAG_TIMEOUT, DEFAULT_LIMIT_MS));
}
