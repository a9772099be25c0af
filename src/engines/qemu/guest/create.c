#include "creation.h"

#include "children.h"
#include "console.h"
#include "environment.h"
#include "port.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_ERROR_TEXT = 4000 };

const char *scratch_dir = "/run/frakti/agent";

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
	close_fd(&creation->environment);
	unlink(creation->pid_file);
	unlink(creation->console_path);
	unlink(creation->process_file);
	creation->process->creation = NULL;
	free(creation);
	processes_creating--;
}

struct creation *creation_new(struct process *process, uint64_t request)
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
		.environment = -1,
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

void creation_refuse(struct creation *creation, int error, const char *text)
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
		process->terminal_peer = console_peer(process->terminal);
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
		creation_refuse(creation, error, "Cannot take over the terminal");
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
		creation_refuse(creation, ETIMEDOUT, "Cannot make the process in time");
		return;
	}
	error_text(creation, text, sizeof(text));
	creation_refuse(creation, EIO, text[0] == '\0' ? "Cannot make the process: crun says nothing" : text);
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

void creation_start(struct creation *creation, const char *const *arguments, uint64_t limit_ms)
{
	struct ends ends = {-1, -1, -1};
	int error = make_ends(creation, &ends);
	if (error == 0) {
		const int descriptors[MAX_DESCRIPTORS] = {
			[0] = ends.in,
			[1] = ends.out,
			[2] = ends.err,
			[LAUNCHER_FD] = creation->environment < 0 ? -1 : launcher_copy(),
			[ENVIRONMENT_FD] = creation->environment,
		};
		size_t count = creation->environment < 0 ? LAUNCHER_FD : MAX_DESCRIPTORS;
		creation->crun = start_program(arguments, creation->oom_score, descriptors, count);
		error = creation->crun < 0 ? errno : 0;
	}
	close_fd(&ends.in);
	close_fd(&ends.out);
	close_fd(&ends.err);
	if (error != 0) {
		creation->crun = 0;
		creation_refuse(creation, error, "Cannot start crun");
		return;
	}
	timer_set(&creation->limit, limit_ms, too_late, creation);
}
