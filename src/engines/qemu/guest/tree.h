/* Everything that came of a process: its descendants and its session. */
#ifndef FRAKTI_TREE_H
#define FRAKTI_TREE_H

#include "common.h"

/**
 * Signals a process, its descendants, and the members of its session and of `session`. Root 0: of
 * `session` alone, whose process has ended and was reaped.
 */
void kill_tree(pid_t root, pid_t session, int number);

/** The session of a process; 0 when it has none or is gone. */
pid_t session_of(pid_t pid);

#endif
