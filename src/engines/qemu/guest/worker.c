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

static struct source channel = {.fd = -1};
static pid_t worker;
static void (*tell)(const uint8_t *payload, size_t size);
static struct timer limit;

static void work(int fd) __attribute__((noreturn));

static void work(int fd)
{
	static uint8_t request[MESSAGE_SIZE + 1], response[MESSAGE_SIZE];
	static struct fields fields;
	/* No descriptor of the agent but its own end: others must see theirs close. */
	if (dup2(fd, 3) < 0)
		_exit(1);
	syscall(SYS_close_range, 4u, ~0u, 0u);
	loop_reset_signals();
	prctl(PR_SET_NAME, "frakti-files");
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

static void answer(const uint8_t *payload, size_t size)
{
	void (*told)(const uint8_t *, size_t) = tell;
	tell = NULL;
	timer_clear(&limit);
	if (told != NULL)
		told(payload, size);
}

static void answer_error(int error, const char *doing)
{
	uint8_t payload[512];
	struct builder out = {.bytes = payload + 4, .capacity = sizeof(payload) - 4};
	build_error(&out, error, "%s", doing);
	put_u16(payload, (uint16_t)error);
	put_u16(payload + 2, 0);
	answer(payload, 4 + out.size);
}

static void replace(void)
{
	if (worker > 0)
		kill(worker, SIGKILL);
	source_close(&channel);
	worker = 0;
	int error = worker_begin();
	if (error != 0)
		say("Cannot start a worker: %s", strerror(error));
}

static void answered(struct source *source, uint32_t events)
{
	static uint8_t response[MESSAGE_SIZE];
	(void)events;
	ssize_t got = recv(source->fd, response, sizeof(response), MSG_DONTWAIT);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got >= 4) {
		answer(response, (size_t)got);
		return;
	}
	replace();
	if (tell != NULL)
		answer_error(EIO, "Cannot finish the operation, its worker ended");
}

static void too_late(struct timer *timer)
{
	(void)timer;
	replace();
	answer_error(ETIMEDOUT, "Cannot finish the operation in time");
}

int worker_begin(void)
{
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return errno;
	pid_t pid = fork();
	if (pid == 0)
		work(ends[1]);
	int error = pid < 0 ? errno : 0;
	close(ends[1]);
	if (error != 0) {
		close(ends[0]);
		return error;
	}
	worker = pid;
	source_open(&channel, ends[0], EPOLLIN, answered, NULL);
	return 0;
}

void worker_do(uint16_t op, const uint8_t *body, size_t size, uint64_t limit_ms,
	       void (*then)(const uint8_t *payload, size_t size))
{
	static uint8_t request[MESSAGE_SIZE];
	tell = then;
	if (channel.fd < 0)
		replace();
	put_u16(request, op);
	put_u16(request + 2, 0);
	memcpy(request + 4, body, size);
	if (channel.fd < 0 || send(channel.fd, request, 4 + size, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
		answer_error(errno, "Cannot reach the worker");
		return;
	}
	timer_set(&limit, limit_ms, too_late, NULL);
}

bool worker_reaped(pid_t pid)
{
	if (pid != worker)
		return false;
	worker = 0; /* Its end of the channel tells the rest. */
	return true;
}
