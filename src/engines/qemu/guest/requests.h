/*
 * Requests in their order: each is begun when the former one is done, but for those that may take
 * long and let others overtake (PROTOCOL.md, "Requests").
 */
#ifndef FRAKTI_REQUESTS_H
#define FRAKTI_REQUESTS_H

#include "frames.h"

/** A REQUEST of the host. */
void requests_take(const struct frame *frame);

/** True while no more should be read. */
bool requests_busy(void);

/** A connection has ended: what waits is dropped, what is under way is not answered. */
void requests_stop(void);

/** A child has ended that may be what a request waits for. */
void requests_retry(void);

#endif
