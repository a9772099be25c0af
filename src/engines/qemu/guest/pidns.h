/* PIDNS: a small init that holds a PID namespace for the containers of the pod. */
#ifndef FRAKTI_PIDNS_H
#define FRAKTI_PIDNS_H

#include "ops.h"

operation do_pidns;

/** A child has ended: true when it was the holder; the next PIDNS makes another. */
bool pidns_reaped(pid_t pid);

#endif
