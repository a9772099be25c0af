/*
 * A child of the agent that carries out the operations of ops.h, one at a time. One that takes too
 * long (a share whose server hangs cannot be interrupted) is given up with its worker, and a new
 * worker takes over.
 */
#ifndef FRAKTI_WORKER_H
#define FRAKTI_WORKER_H

#include "common.h"

/** Starts the first worker; 0 or an errno. */
int worker_begin(void);

/** Hands over a request; `answered` gets its RESPONSE payload (status, fields) once. */
void worker_do(uint16_t op, const uint8_t *body, size_t size, uint64_t limit_ms,
	       void (*answered)(const uint8_t *payload, size_t size));

/** A child has ended: true when it was the worker. */
bool worker_reaped(pid_t pid);

#endif
