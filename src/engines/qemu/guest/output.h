/*
 * The kept output of one stream (PROTOCOL.md, "Streams"): bytes in a ring, with the cuts and times
 * at which they were read, from the first not yet acknowledged. Pure but for memory: it knows
 * neither descriptors nor the port.
 */
#ifndef FRAKTI_OUTPUT_H
#define FRAKTI_OUTPUT_H

#include "common.h"

struct chunk {
	/** Of its first byte. */
	uint64_t time_ns;
	uint32_t size;
	/** It stays as it is: it was sent, or nothing can be added to it. */
	bool sealed;
};

struct output {
	/** The least time of the next byte. */
	uint64_t next_ns;
	/** Offsets in the stream: start <= next <= end. `start` and `next` lie at cuts. */
	uint64_t start, next, end;
	/** What the host allows to be sent. */
	uint64_t limit;
	/** The first ACK of this connection has come (from the beginning true where none is due). */
	bool flowing;
	bool ended, eof_sent;
	/** Cuts are made behind line ends, as far as lines are not too long. */
	bool by_lines;

	uint8_t *ring;
	uint32_t ring_size, capacity;
	struct chunk *chunks;
	uint32_t chunk_from, chunk_count, chunk_size;
	/** How many chunks lie before `next`. */
	uint32_t sent_chunks;
};

enum { MAX_CHUNKS = 1024, MAX_READ = 32768, MAX_CHUNK = 65536, LONG_LINE = 16384 };

void output_begin(struct output *output, uint32_t capacity, bool flowing);
void output_free(struct output *output);

/** Room for a read, in one piece; 0 when the buffer or its list of chunks is full. */
size_t output_room(struct output *output, uint8_t **to);

/** What was read into that room. */
void output_add(struct output *output, size_t size, uint64_t time_ns);

/** True while the last chunk waits for the rest of its line. */
bool output_waits(const struct output *output);

/** What waits goes as it is. */
void output_flush(struct output *output);

/** The next piece that may be sent, copied to `to` (MAX_CHUNK bytes); false when there is none. */
bool output_take(struct output *output, uint8_t *to, uint32_t *size, uint64_t *offset,
		 uint64_t *time_ns);

/** True when output_take would give a piece, or the end is due to be told. */
bool output_pending(const struct output *output);
bool output_eof_due(const struct output *output);

/** The host's ACK. */
void output_ack(struct output *output, uint64_t offset, uint64_t limit);

/** A connection has ended: all that is not acknowledged will be sent again. */
void output_stop(struct output *output);

#endif
