/*
 * The one loop of the agent: file descriptors that are ready, timers that are due, children that
 * have ended. Nothing in it blocks but the wait itself.
 */
#ifndef FRAKTI_LOOP_H
#define FRAKTI_LOOP_H

#include "common.h"

struct source {
	/** -1: not in use. Owned by the source: source_close closes it. */
	int fd;
	/** EPOLL* asked for; 0: not watched at all (a hang-up would be reported for ever). */
	uint32_t interest;
	void (*ready)(struct source *source, uint32_t events);
	void *owner;
};

/** Watches `fd`, which the source owns from here on. */
void source_open(struct source *source, int fd, uint32_t interest,
		 void (*ready)(struct source *, uint32_t), void *owner);
void source_want(struct source *source, uint32_t interest);
void source_close(struct source *source);

/** Watches it no more, and gives the descriptor away; -1 when there is none. */
int source_release(struct source *source);

struct timer {
	/** 0: not set. */
	uint64_t due_ms;
	void (*fire)(struct timer *timer);
	void *owner;
	struct timer *next;
};

void timer_set(struct timer *timer, uint64_t after_ms, void (*fire)(struct timer *), void *owner);
void timer_clear(struct timer *timer);

/** Blocks the signals that the loop takes, and begins. `reaped` is told each ended child. */
void loop_begin(void (*reaped)(pid_t pid, int status));

/** Called after each round, and told whether it wants another one without waiting. */
extern bool (*loop_after)(void);

/** Runs for ever. */
void loop_run(void) __attribute__((noreturn));

/** For a new child: the signals as a program expects them. */
void loop_reset_signals(void);

#endif
