/*
 * What SPAWN and EXEC (spawn.c) have of the making of a process (create.c).
 */
#ifndef FRAKTI_CREATION_H
#define FRAKTI_CREATION_H

#include "create.h"
#include "loop.h"

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
	/** What the process is to have beside its JSON; -1: nothing. */
	int environment;
	struct creation *next;
};

/** Begins one for request `id`; `process` is dropped when it fails. */
struct creation *creation_new(struct process *process, uint64_t request);

/** Starts crun, and answers the request when it has ended or the limit is over. */
void creation_start(struct creation *creation, const char *const *arguments, uint64_t limit_ms);

/** Answers with an errno and text, and drops it with its process. */
void creation_refuse(struct creation *creation, int error, const char *text);

#endif
