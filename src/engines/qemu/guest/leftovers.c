#include "leftovers.h"

#include "loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
	/** With one more, the oldest is closed: its writers are told by EPIPE. */
	MAX_LEFTOVERS = 1024,
	/** A pipe's worth each time; one that is flooded costs the agent no more than that. */
	READ_AT_ONCE = 65536,
	PAUSE_MS = 20,
};

struct leftover {
	struct source source;
	struct timer pause;
	struct leftover *next;
};

static struct leftover *oldest;
static unsigned known;

static void drop(struct leftover *leftover)
{
	for (struct leftover **at = &oldest; *at != NULL; at = &(*at)->next) {
		if (*at == leftover) {
			*at = leftover->next;
			break;
		}
	}
	timer_clear(&leftover->pause);
	source_close(&leftover->source);
	free(leftover);
	known--;
}

static void go_on(struct timer *timer)
{
	struct leftover *leftover = timer->owner;
	source_want(&leftover->source, EPOLLIN);
}

static void leftover_ready(struct source *source, uint32_t events)
{
	static uint8_t dropped[READ_AT_ONCE];
	struct leftover *leftover = source->owner;
	(void)events;
	ssize_t got = read(source->fd, dropped, sizeof(dropped));
	if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
		drop(leftover);
		return;
	}
	source_want(source, 0);
	timer_set(&leftover->pause, PAUSE_MS, go_on, leftover);
}

void leftover_add(int fd)
{
	if (fd < 0)
		return;
	if (known >= MAX_LEFTOVERS)
		drop(oldest);
	struct leftover *leftover = must_alloc(sizeof(*leftover));
	struct leftover **at = &oldest;
	while (*at != NULL)
		at = &(*at)->next;
	*at = leftover;
	known++;
	source_open(&leftover->source, fd, EPOLLIN, leftover_ready, leftover);
}
