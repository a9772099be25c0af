#include "worker.h"

#include "loop.h"
#include "ops.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MESSAGE_SIZE = 4 + MAX_BODY };

struct worker {
	enum lane lane;
	/** 0 when it has ended. */
	pid_t pid;
	struct source channel;
	/** Who waits for an answer; NULL: nobody. */
	void (*tell)(enum lane lane, const uint8_t *payload, size_t size);
	struct timer limit;
};

static struct worker workers[LANES];

static void work(enum lane lane, int fd) __attribute__((noreturn));

static void work(enum lane lane, int fd)
{
	static uint8_t request[MESSAGE_SIZE + 1], response[MESSAGE_SIZE];
	static struct fields fields;
	/* No descriptor of the agent but its own end: others must see theirs close. */
	if (dup2(fd, 3) < 0)
		_exit(1);
	syscall(SYS_close_range, 4u, ~0u, 0u);
	loop_reset_signals();
	prctl(PR_SET_NAME, lane == LANE_WALKS ? "frakti-walks" : "frakti-files");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		ssize_t got = recv(3, request, MESSAGE_SIZE, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 4)
			_exit(0);
		struct builder out = {.bytes = response + 4, .capacity = sizeof(response) - 4};
		operation *run = worker_operation(get_u16(request));
		int status = EINVAL;
		if (!fields_parse(&fields, request + 4, (size_t)got - 4))
			build_error(&out, EINVAL, "Cannot read the request's fields");
		else if (run != NULL)
			status = run(&fields, &out);
		if (out.overfull)
			status = build_error(&out, EMSGSIZE, "Cannot put the answer into one frame");
		put_u16(response, (uint16_t)status);
		put_u16(response + 2, 0);
		if (send(3, response, 4 + out.size, MSG_NOSIGNAL) < 0)
			_exit(1);
	}
}

static void answer(struct worker *worker, const uint8_t *payload, size_t size)
{
	void (*told)(enum lane, const uint8_t *, size_t) = worker->tell;
	worker->tell = NULL;
	timer_clear(&worker->limit);
	if (told != NULL)
		told(worker->lane, payload, size);
}

static void answer_error(struct worker *worker, int error, const char *doing)
{
	uint8_t payload[512];
	struct builder out = {.bytes = payload + 4, .capacity = sizeof(payload) - 4};
	build_error(&out, error, "%s", doing);
	put_u16(payload, (uint16_t)error);
	put_u16(payload + 2, 0);
	answer(worker, payload, 4 + out.size);
}

static int begin(struct worker *worker);

static void replace(struct worker *worker)
{
	if (worker->pid > 0)
		kill(worker->pid, SIGKILL);
	source_close(&worker->channel);
	worker->pid = 0;
	int error = begin(worker);
	if (error != 0)
		say("Cannot start a worker: %s", strerror(error));
}

static void answered(struct source *source, uint32_t events)
{
	static uint8_t response[MESSAGE_SIZE];
	struct worker *worker = source->owner;
	(void)events;
	ssize_t got = recv(source->fd, response, sizeof(response), MSG_DONTWAIT);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got >= 4) {
		answer(worker, response, (size_t)got);
		return;
	}
	replace(worker);
	if (worker->tell != NULL)
		answer_error(worker, EIO, "Cannot finish the operation, its worker ended");
}

static void too_late(struct timer *timer)
{
	struct worker *worker = timer->owner;
	replace(worker);
	answer_error(worker, ETIMEDOUT, "Cannot finish the operation in time");
}

static int begin(struct worker *worker)
{
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return errno;
	pid_t pid = fork();
	if (pid == 0)
		work(worker->lane, ends[1]);
	int error = pid < 0 ? errno : 0;
	close(ends[1]);
	if (error != 0) {
		close(ends[0]);
		return error;
	}
	worker->pid = pid;
	source_open(&worker->channel, ends[0], EPOLLIN, answered, worker);
	return 0;
}

int workers_begin(void)
{
	int error = 0;
	for (unsigned lane = 0; lane < LANES && error == 0; lane++) {
		workers[lane].lane = lane;
		workers[lane].channel.fd = -1;
		error = begin(&workers[lane]);
	}
	return error;
}

void worker_do(enum lane lane, uint16_t op, const uint8_t *body, size_t size, uint64_t limit_ms,
	       void (*then)(enum lane lane, const uint8_t *payload, size_t size))
{
	static uint8_t request[MESSAGE_SIZE];
	struct worker *worker = &workers[lane];
	worker->tell = then;
	if (worker->channel.fd < 0)
		replace(worker);
	put_u16(request, op);
	put_u16(request + 2, 0);
	memcpy(request + 4, body, size);
	if (worker->channel.fd < 0 ||
	    send(worker->channel.fd, request, 4 + size, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
		answer_error(worker, errno, "Cannot reach the worker");
		return;
	}
	timer_set(&worker->limit, limit_ms, too_late, worker);
}

bool worker_reaped(pid_t pid)
{
	for (unsigned lane = 0; lane < LANES; lane++) {
		if (workers[lane].pid == pid) {
			workers[lane].pid = 0; /* Its end of the channel tells the rest. */
			return true;
		}
	}
	return false;
}
