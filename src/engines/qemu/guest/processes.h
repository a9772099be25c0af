/*
 * The processes that the host named: containers' first ones and execs. From the crun that makes
 * one, over its pid and its streams, to its exit; PROTOCOL.md, SPAWN, EXEC, SIGNAL, FORGET, EXIT.
 */
#ifndef FRAKTI_PROCESSES_H
#define FRAKTI_PROCESSES_H

#include "fields.h"
#include "loop.h"
#include "ops.h"
#include "streams.h"

enum { MAX_ID = 256, MAX_CONTAINERS = 128, MAX_EXECS = 1024 };

enum process_state {
	/** crun is at work. */
	PROCESS_CREATING,
	PROCESS_RUNNING,
	PROCESS_ENDED,
};

struct process {
	char id[MAX_ID];
	bool is_container, is_tty;
	/** An exec of a connection that has gone: ended as soon as its pid is known. */
	bool is_abandoned;
	enum process_state state;
	/** The first process, 0 while creating. */
	pid_t pid;
	/** That it was made in. */
	pid_t session;
	struct in_stream *in;
	struct out_stream *out, *err;
	/** Their ids as the host chose them, also after their end; 0: none. */
	uint64_t in_id, out_id, err_id;
	/** The terminal's controlling side, for RESIZE; -1. */
	int terminal;
	/**
	 * Its other side, held open while the process runs: one that closes its terminal and opens
	 * it again is not at its end. -1.
	 */
	int terminal_peer;
	/** Below /sys/fs/cgroup; empty: not told. */
	char cgroup[512];
	int code, signal;
	bool is_oom;
	uint64_t end_ns;
	struct creation *creation;
	struct process *next;
};

/** All of them, for LIST. */
struct process *process_first(void);
struct process *process_find(const char *id);

/** A new one, in state CREATING; NULL when the id is in use (EEXIST) or there are too many. */
struct process *process_add(const char *id, bool is_container);

/** crun has made it. May end it at once, when it is over already. */
void process_made(struct process *process, pid_t pid);

/** Frees it and its streams, whatever their state. */
void process_drop(struct process *process);

/** Frees an exec of which nothing more is to be told. */
void process_drop_when_done(struct process *process);

/** A child has ended: true when it was one of these. */
bool process_reaped(pid_t pid, int status);

/** Children that end are remembered while this is not zero: crun's child may end before crun. */
extern int processes_creating;

/** A connection has ended: its execs go. */
void processes_stop(void);

/** SIGNAL, RESIZE, FORGET; 0 or an errno with a text. */
operation do_signal, do_resize, do_forget;

#endif
