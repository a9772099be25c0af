/*
 * What the host sends to one stream and a descriptor has not yet taken: a ring with the window that
 * the host may fill. Pure but for memory.
 */
#ifndef FRAKTI_INPUT_H
#define FRAKTI_INPUT_H

#include "common.h"

enum { INPUT_CAPACITY = 65536 };

struct input {
	/** Offsets in the stream: written <= received; acked is what the host was told last. */
	uint64_t received, written, acked;
	/** The host may be told of the window: not before it asks for a stream it took over. */
	bool flowing;
	/** It has been told a limit on this connection. */
	bool granted;
	bool ended;
	uint8_t *ring;
};

void input_begin(struct input *input);
void input_free(struct input *input);

/** DATA of the host; false when it breaks the window or leaves a gap. */
bool input_add(struct input *input, uint64_t offset, const uint8_t *bytes, size_t size);

/** The next bytes to write, in one piece; 0 when there are none. */
size_t input_next(const struct input *input, const uint8_t **bytes);
void input_wrote(struct input *input, size_t size);

/** The host's ACK: it goes on with a stream of a former connection. */
void input_resume(struct input *input);

/** A connection has ended. */
void input_stop(struct input *input);

/** True when an ACK with `offset` and `limit` is due now. */
bool input_ack_due(struct input *input, uint64_t *offset, uint64_t *limit);

#endif
