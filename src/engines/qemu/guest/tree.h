/* Everything that came of a process: its descendants and its session. */
#ifndef FRAKTI_TREE_H
#define FRAKTI_TREE_H

#include "common.h"

/**
 * Signals a process that was not reaped yet, its descendants, and the members of its session and of
 * `session`.
 */
void kill_tree(pid_t root, pid_t session, int number);

/** The session of a process; 0 when it has none or is gone. */
pid_t session_of(pid_t pid);

#endif
