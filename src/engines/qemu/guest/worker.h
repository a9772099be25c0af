/*
 * Children of the agent that carry out the operations of ops.h, each one at a time. One that takes
 * too long (a share whose server hangs cannot be interrupted) is given up with its worker, and a
 * new worker takes over.
 */
#ifndef FRAKTI_WORKER_H
#define FRAKTI_WORKER_H

#include "common.h"

/** Walks over a container's files have a worker of their own: they may take seconds. */
enum lane { LANE_ORDERS, LANE_WALKS, LANES };

/** Starts the first workers; 0 or an errno. */
int workers_begin(void);

/** Hands over a request; `answered` gets its RESPONSE payload (status, fields) once. */
void worker_do(enum lane lane, uint16_t op, const uint8_t *body, size_t size, uint64_t limit_ms,
	       void (*answered)(enum lane lane, const uint8_t *payload, size_t size));

/** A child has ended: true when it was a worker. */
bool worker_reaped(pid_t pid);

#endif
