/* Everything that came of a process: its descendants and its session. */
#ifndef FRAKTI_TREE_H
#define FRAKTI_TREE_H

#include "common.h"

/** Signals a process, its descendants and the members of its session. */
void kill_tree(pid_t root, int number);

/** The same for one that has ended and was reaped: what is left of its session. */
void kill_rest(pid_t root, int number);

#endif
