/* RUN: a program to its end, with its output and exit code in one answer. */
#ifndef FRAKTI_RUN_H
#define FRAKTI_RUN_H

#include "fields.h"

void do_run(uint64_t id, const struct fields *in);

/** A child has ended: true when it was one of these. */
bool run_reaped(pid_t pid, int status);

/** A connection has ended: its programs go. */
void runs_stop(void);

#endif
