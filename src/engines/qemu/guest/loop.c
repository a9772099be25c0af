#include "loop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EVENTS_AT_ONCE = 32 };

static int epoll = -1;
static struct epoll_event batch[EVENTS_AT_ONCE];
static int batch_size;
static struct timer *timers;
static void (*tell_reaped)(pid_t pid, int status);
static struct source children;

bool (*loop_after)(void);

void source_open(struct source *source, int fd, uint32_t interest,
		 void (*ready)(struct source *, uint32_t), void *owner)
{
	*source = (struct source){.fd = fd, .ready = ready, .owner = owner};
	source_want(source, interest);
}

void source_want(struct source *source, uint32_t interest)
{
	if (source->fd < 0 || source->interest == interest)
		return;
	struct epoll_event event = {.events = interest, .data.ptr = source};
	int op = interest == 0		? EPOLL_CTL_DEL
		 : source->interest == 0 ? EPOLL_CTL_ADD
					 : EPOLL_CTL_MOD;
	source->interest = interest;
	if (epoll_ctl(epoll, op, source->fd, &event) < 0)
		say("Cannot watch descriptor %d: errno %d", source->fd, errno);
}

int source_release(struct source *source)
{
	int fd = source->fd;
	if (fd < 0)
		return -1;
	source_want(source, 0);
	source->fd = -1;
	/* What this round has still in hand for it is void. */
	for (int i = 0; i < batch_size; i++)
		if (batch[i].data.ptr == source)
			batch[i].data.ptr = NULL;
	return fd;
}

void source_close(struct source *source)
{
	int fd = source_release(source);
	close_fd(&fd);
}

void timer_set(struct timer *timer, uint64_t after_ms, void (*fire)(struct timer *), void *owner)
{
	timer_clear(timer);
	timer->due_ms = now_ms() + after_ms + 1;
	timer->fire = fire;
	timer->owner = owner;
	struct timer **at = &timers;
	while (*at != NULL && (*at)->due_ms <= timer->due_ms)
		at = &(*at)->next;
	timer->next = *at;
	*at = timer;
}

void timer_clear(struct timer *timer)
{
	if (timer->due_ms == 0)
		return;
	for (struct timer **at = &timers; *at != NULL; at = &(*at)->next) {
		if (*at == timer) {
			*at = timer->next;
			break;
		}
	}
	timer->due_ms = 0;
	timer->next = NULL;
}

static void reap(struct source *source, uint32_t events)
{
	(void)events;
	struct signalfd_siginfo info[8];
	while (read(source->fd, info, sizeof(info)) > 0)
		;
	for (;;) {
		int status;
		pid_t pid = waitpid(-1, &status, WNOHANG);
		if (pid < 0 && errno == EINTR)
			continue;
		if (pid <= 0)
			return;
		tell_reaped(pid, status);
	}
}

void loop_begin(void (*reaped)(pid_t pid, int status))
{
	sigset_t taken;
	sigfillset(&taken);
	sigdelset(&taken, SIGSEGV);
	sigdelset(&taken, SIGBUS);
	sigdelset(&taken, SIGFPE);
	sigdelset(&taken, SIGILL);
	sigdelset(&taken, SIGABRT);
	/* Blocked: SIGPIPE too, so that a write to a closed pipe is just EPIPE. */
	sigprocmask(SIG_SETMASK, &taken, NULL);
	sigset_t watched;
	sigemptyset(&watched);
	sigaddset(&watched, SIGCHLD);
	tell_reaped = reaped;
	epoll = epoll_create1(EPOLL_CLOEXEC);
	int fd = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
	if (epoll < 0 || fd < 0) {
		say("Cannot make the loop: errno %d", errno);
		abort();
	}
	source_open(&children, fd, EPOLLIN, reap, NULL);
}

void loop_reset_signals(void)
{
	sigset_t none;
	sigemptyset(&none);
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void fire_due(void)
{
	/* One look at the clock, so that a timer that sets itself again cannot keep the loop. */
	uint64_t now = now_ms();
	while (timers != NULL && timers->due_ms <= now) {
		struct timer *timer = timers;
		timer_clear(timer);
		timer->fire(timer);
	}
}

static int wait_ms(bool again)
{
	if (again)
		return 0;
	if (timers == NULL)
		return -1;
	uint64_t now = now_ms();
	if (timers->due_ms <= now)
		return 0;
	uint64_t left = timers->due_ms - now;
	return left > 3600000 ? 3600000 : (int)left;
}

void loop_run(void)
{
	bool again = false;
	for (;;) {
		int got = epoll_wait(epoll, batch, EVENTS_AT_ONCE, wait_ms(again));
		batch_size = got < 0 ? 0 : got;
		for (int i = 0; i < batch_size; i++) {
			struct source *source = batch[i].data.ptr;
			if (source != NULL)
				source->ready(source, batch[i].events);
		}
		batch_size = 0;
		fire_due();
		again = loop_after != NULL && loop_after();
	}
}
