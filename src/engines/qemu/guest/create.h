/*
 * SPAWN and EXEC: crun makes a process, detached, and ends; the process is then the agent's child.
 */
#ifndef FRAKTI_CREATE_H
#define FRAKTI_CREATE_H

#include "processes.h"

/** Both answer request `id` when crun has ended or the limit is over. */
void do_spawn(uint64_t id, const struct fields *in);
void do_exec(uint64_t id, const struct fields *in);

/** The connection that asked has gone. */
void creation_abandon(struct process *process);

/** A child has ended: true when it was a crun of these. */
bool creation_reaped(pid_t pid, int status);

/** True while a container is being made for a former connection. */
bool creation_of_former(void);

/** Directory for pid files, consoles and process files; made at start. */
extern const char *scratch_dir;

#endif
