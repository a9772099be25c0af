/*
 * Environments that are no text. crun reads a process from JSON, which holds text alone; for any
 * other value a copy of the agent begins in the container in the command's place, sets what a file
 * holds, and becomes the command (docs/decisions/0106-environment-of-vm-containers.md).
 */
#ifndef FRAKTI_ENVIRONMENT_H
#define FRAKTI_ENVIRONMENT_H

#include <stdbool.h>

/** Where crun's child has the copy and the file; the host names the former as the command. */
enum { LAUNCHER_FD = 3, ENVIRONMENT_FD = 4 };

/** Whether this is the copy in a container, by the name that it was executed by. */
bool is_launcher(const char *name);

/** Becomes the command behind the first argument; else says why, and the exit code of that. */
int launch(char **arguments);

/** A sealed copy of the agent, made at the first call and kept; -1 with errno. */
int launcher_copy(void);

/** The file that holds "NAME=value", each ended by a NUL; -1 with errno. */
int environment_open(const char *path);

#endif
