#include "run.h"

#include "children.h"
#include "loop.h"
#include "port.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DEFAULT_LIMIT_MS = 10000, MAX_OUTPUT = 61440 };

struct run {
	uint64_t request;
	uint32_t generation;
	pid_t pid;
	bool is_late;
	struct timer limit;
	struct source output;
	size_t size;
	uint8_t *bytes;
	struct run *next;
};

static struct run *runs;

/** Takes what is there; what goes over the answer's size is read and dropped. */
static void read_output(struct run *run)
{
	static uint8_t dropped[4096];
	for (int i = 0; i < 64; i++) {
		size_t room = MAX_OUTPUT - run->size;
		ssize_t got = read(run->output.fd, room > 0 ? run->bytes + run->size : dropped,
				   room > 0 ? room : sizeof(dropped));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return;
		if (got <= 0) {
			source_close(&run->output);
			return;
		}
		if (room > 0)
			run->size += (size_t)got;
	}
}

static void output_ready(struct source *source, uint32_t events)
{
	(void)events;
	read_output(source->owner);
}

static void free_run(struct run *run)
{
	for (struct run **at = &runs; *at != NULL; at = &(*at)->next) {
		if (*at == run) {
			*at = run->next;
			break;
		}
	}
	timer_clear(&run->limit);
	source_close(&run->output);
	free(run->bytes);
	free(run);
}

static void too_late(struct timer *timer)
{
	struct run *run = timer->owner;
	run->is_late = true;
	kill_program(run->pid);
}

void do_run(uint64_t id, const struct fields *in)
{
	const char *arguments[MAX_ARGUMENTS + 1];
	const struct field *content = field_of(in, TAG_CONTENT);
	size_t count = 0;
	for (size_t i = 0; i < in->count && count < MAX_ARGUMENTS; i++)
		if (in->list[i].tag == TAG_ARGUMENT)
			arguments[count++] = in->list[i].bytes;
	arguments[count] = NULL;
	int output[2] = {-1, -1}, input = -1;
	int error = count == 0 ? EINVAL : 0;
	if (error == 0 && content != NULL && content->size > 0 &&
	    (input = memory_file(content->bytes, content->size)) < 0)
		error = errno;
	if (error == 0 && make_pipe(output, 0) < 0)
		error = errno;
	const int descriptors[] = {input, output[1], output[1]};
	pid_t pid = error == 0 ? start_program(arguments, "0", descriptors, 3) : -1;
	if (error == 0 && pid < 0)
		error = errno;
	close_fd(&input);
	close_fd(&output[1]);
	if (error != 0) {
		close_fd(&output[0]);
		port_answer(port_generation(), id, error, "Cannot start the program");
		return;
	}
	struct run *run = must_alloc(sizeof(*run));
	*run = (struct run){
		.request = id,
		.generation = port_generation(),
		.pid = pid,
		.bytes = must_alloc(MAX_OUTPUT),
		.next = runs,
	};
	runs = run;
	source_open(&run->output, output[0], EPOLLIN, output_ready, run);
	timer_set(&run->limit, field_number(in, TAG_TIMEOUT, DEFAULT_LIMIT_MS), too_late, run);
}

bool run_reaped(pid_t pid, int status)
{
	struct run *run = runs;
	while (run != NULL && run->pid != pid)
		run = run->next;
	if (run == NULL)
		return false;
	/* What it wrote is in the pipe by now; others that hold it open are not waited for. */
	if (run->output.fd >= 0)
		read_output(run);
	if (run->is_late) {
		port_answer(run->generation, run->request, ETIMEDOUT,
			    "Cannot finish the program in time");
	} else if (run->generation == port_generation()) {
		struct builder fields = {
			.bytes = must_alloc(MAX_OUTPUT + 64),
			.capacity = MAX_OUTPUT + 64,
		};
		build_number(&fields, TAG_CODE,
			     (uint64_t)(WIFSIGNALED(status) ? 128 + WTERMSIG(status)
							    : WEXITSTATUS(status)));
		build_bytes(&fields, TAG_CONTENT, run->bytes, run->size);
		port_send_fields(FRAME_RESPONSE, run->request, 0, &fields);
		free(fields.bytes);
	}
	free_run(run);
	return true;
}

void runs_stop(void)
{
	for (struct run *run = runs; run != NULL; run = run->next)
		kill_program(run->pid);
}
