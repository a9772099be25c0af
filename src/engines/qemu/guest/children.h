/*
 * Starting programs: with the descriptors they are given and nothing else of the agent's.
 */
#ifndef FRAKTI_CHILDREN_H
#define FRAKTI_CHILDREN_H

#include "common.h"

enum { MAX_ARGUMENTS = 256, MAX_DESCRIPTORS = 5 };

/**
 * Starts a program in a session of its own, with this OOM score, which all that comes of it has
 * unless it sets another. It has `descriptors`, at most MAX_DESCRIPTORS, from 0 on, /dev/null for a
 * -1. Its pid, or -1 with errno; a program that cannot be executed ends with 127 and says so on 2.
 */
pid_t start_program(const char *const *arguments, const char *oom_score, const int *descriptors,
		    size_t count);

/** Ends it and its process group. */
void kill_program(pid_t pid);

/** A pipe: [0] to read from. The end that `ours` names (0 or 1) does not block. */
int make_pipe(int ends[2], int ours);

/** A file in memory with this content, read from its beginning; -1 with errno. */
int memory_file(const void *content, size_t size);

/** The OOM killer's hand is taken off this process with -1000. */
void set_oom_score(const char *score);

#endif
