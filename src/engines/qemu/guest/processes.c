#include "processes.h"

#include "create.h"
#include "port.h"
#include "tree.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

enum { EVENT_EXIT = 1, MAX_ORPHANS = 64 };

/** A child that ended before anybody knew whose it was. */
struct orphan {
	pid_t pid;
	int status;
};

static struct process *processes;
static struct orphan orphans[MAX_ORPHANS];
static unsigned orphan_next;

int processes_creating;

struct process *process_first(void)
{
	return processes;
}

struct process *process_find(const char *id)
{
	for (struct process *process = processes; process != NULL; process = process->next)
		if (strcmp(process->id, id) == 0)
			return process;
	return NULL;
}

static int count(bool is_container)
{
	int found = 0;
	for (struct process *process = processes; process != NULL; process = process->next)
		found += process->is_container == is_container;
	return found;
}

struct process *process_add(const char *id, bool is_container)
{
	if (process_find(id) != NULL) {
		errno = EEXIST;
		return NULL;
	}
	if (strlen(id) >= MAX_ID || count(is_container) >= (is_container ? MAX_CONTAINERS : MAX_EXECS)) {
		errno = strlen(id) >= MAX_ID ? ENAMETOOLONG : ENOSPC;
		return NULL;
	}
	struct process *process = must_alloc(sizeof(*process));
	format(process->id, sizeof(process->id), "%s", id);
	process->is_container = is_container;
	process->terminal = process->terminal_peer = -1;
	struct process **at = &processes;
	while (*at != NULL)
		at = &(*at)->next;
	*at = process;
	return process;
}

void process_drop(struct process *process)
{
	for (struct process **at = &processes; *at != NULL; at = &(*at)->next) {
		if (*at == process) {
			*at = process->next;
			break;
		}
	}
	in_stream_free(process->in);
	out_stream_free(process->out);
	out_stream_free(process->err);
	close_fd(&process->terminal);
	close_fd(&process->terminal_peer);
	free(process);
}

void process_drop_when_done(struct process *process)
{
	if (process->is_container || process->state != PROCESS_ENDED)
		return;
	if (process->is_abandoned || ((process->out == NULL || process->out->is_done) &&
				      (process->err == NULL || process->err->is_done)))
		process_drop(process);
}

/** Were processes of this cgroup killed for memory? */
static bool killed_for_memory(const char *cgroup)
{
	char path[640], text[1024];
	if (cgroup[0] == '\0' ||
	    !format(path, sizeof(path), "/sys/fs/cgroup/%s/memory.events", cgroup) ||
	    read_text(path, text, sizeof(text)) < 0)
		return false;
	const char *line = strstr(text, "oom_kill ");
	return line != NULL && strtoul(line + strlen("oom_kill "), NULL, 10) > 0;
}

static void tell_exit(const struct process *process)
{
	uint8_t bytes[MAX_ID + 128];
	struct builder fields = {.bytes = bytes, .capacity = sizeof(bytes)};
	build_text(&fields, TAG_PROCESS, process->id);
	build_number(&fields, TAG_CODE, (uint64_t)process->code);
	build_number(&fields, TAG_SIGNAL, (uint64_t)process->signal);
	build_number(&fields, TAG_OOM, process->is_oom);
	build_number(&fields, TAG_END_TIME, process->end_ns);
	port_send_fields(FRAME_EVENT, 0, EVENT_EXIT, &fields);
}

/**
 * In a PID namespace of its own the kernel ends the others with the first process; in one that it
 * shares they would run on beside the container that takes its place.
 */
static void kill_group(const char *cgroup)
{
	char path[640];
	if (cgroup[0] != '\0' &&
	    format(path, sizeof(path), "/sys/fs/cgroup/%s/cgroup.kill", cgroup) &&
	    write_text(path, "1") < 0 && errno != ENOENT)
		say("Cannot end what is left in '%s': %s", cgroup, strerror(errno));
}

static void end(struct process *process, int status)
{
	process->state = PROCESS_ENDED;
	process->end_ns = now_real_ns();
	process->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	process->code = WIFSIGNALED(status) ? 128 + process->signal : WEXITSTATUS(status);
	process->is_oom = killed_for_memory(process->cgroup);
	if (process->is_container)
		kill_group(process->cgroup);
	if (!process->is_abandoned)
		tell_exit(process);
	close_fd(&process->terminal_peer);
	/* What it no longer reads is refused; what it wrote is still to be read. */
	in_stream_free(process->in);
	process->in = NULL;
	/* A child that a command left behind on purpose lives on, also when nobody reads any more. */
	if (!process->is_container) {
		if (process->out != NULL)
			process->out->has_leftovers = true;
		if (process->err != NULL)
			process->err->has_leftovers = true;
	}
	process_drop_when_done(process);
}

void process_made(struct process *process, pid_t pid)
{
	process->pid = pid;
	/* crun has begun it, in a process that has ended. */
	process->session = session_of(pid);
	process->state = PROCESS_RUNNING;
	if (process->is_abandoned)
		kill_tree(pid, process->session, SIGKILL);
	for (unsigned i = 0; i < MAX_ORPHANS; i++) {
		if (orphans[i].pid == pid) {
			orphans[i].pid = 0;
			end(process, orphans[i].status);
			return;
		}
	}
}

bool process_reaped(pid_t pid, int status)
{
	for (struct process *process = processes; process != NULL; process = process->next) {
		if (process->pid == pid && process->state == PROCESS_RUNNING) {
			end(process, status);
			return true;
		}
	}
	if (processes_creating > 0)
		orphans[orphan_next++ % MAX_ORPHANS] = (struct orphan){pid, status};
	else
		memset(orphans, 0, sizeof(orphans));
	return false;
}

void processes_stop(void)
{
	struct process *next;
	for (struct process *process = processes; process != NULL; process = next) {
		next = process->next;
		if (process->is_container)
			continue;
		process->is_abandoned = true;
		if (process->state == PROCESS_CREATING) {
			creation_abandon(process);
			continue;
		}
		if (process->state == PROCESS_RUNNING)
			kill_tree(process->pid, process->session, SIGKILL);
		in_stream_free(process->in);
		out_stream_free(process->out);
		out_stream_free(process->err);
		process->in = NULL;
		process->out = process->err = NULL;
		process_drop_when_done(process);
	}
}

int do_signal(const struct fields *in, struct builder *out)
{
	const char *id = field_text(in, TAG_PROCESS);
	uint64_t number = field_number(in, TAG_SIGNAL, 0);
	struct process *process = id == NULL ? NULL : process_find(id);
	if (id == NULL || number == 0 || number >= NSIG)
		return build_error(out, EINVAL, "Cannot send signal %llu",
				   (unsigned long long)number);
	/* What one that has ended left behind is its own. */
	if (process == NULL || process->state == PROCESS_ENDED)
		return 0;
	if (process->state == PROCESS_CREATING)
		return build_error(out, EAGAIN, "Cannot signal '%s' before it is made", id);
	if (field_number(in, TAG_TREE, 0) != 0)
		kill_tree(process->pid, process->session, (int)number);
	else if (kill(process->pid, (int)number) < 0 && errno != ESRCH)
		return build_error(out, errno, "Cannot signal '%s'", id);
	return 0;
}

int do_resize(const struct fields *in, struct builder *out)
{
	const char *id = field_text(in, TAG_PROCESS);
	struct process *process = id == NULL ? NULL : process_find(id);
	struct winsize size = {
		.ws_col = (unsigned short)field_number(in, TAG_COLUMNS, 80),
		.ws_row = (unsigned short)field_number(in, TAG_ROWS, 24),
	};
	if (process == NULL || process->state == PROCESS_ENDED)
		return build_error(out, ENOENT, "Cannot resize an unknown process");
	if (process->terminal < 0)
		return build_error(out, EINVAL, "Cannot resize '%s', it has no terminal", id);
	if (ioctl(process->terminal, TIOCSWINSZ, &size) < 0)
		return build_error(out, errno, "Cannot resize '%s'", id);
	return 0;
}

int do_forget(const struct fields *in, struct builder *out)
{
	const char *id = field_text(in, TAG_PROCESS);
	struct process *process = id == NULL ? NULL : process_find(id);
	if (process == NULL)
		return 0;
	if (process->state != PROCESS_ENDED)
		return build_error(out, EBUSY, "Cannot forget '%s' before it has ended", id);
	process_drop(process);
	return 0;
}
