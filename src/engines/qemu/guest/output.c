#include "output.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_RING = 4096, FIRST_CHUNKS = 16 };

void output_begin(struct output *output, uint32_t capacity, bool flowing)
{
	*output = (struct output){.capacity = capacity, .flowing = flowing};
}

void output_free(struct output *output)
{
	free(output->ring);
	free(output->chunks);
	output->ring = NULL;
	output->chunks = NULL;
	output->ring_size = output->chunk_size = 0;
}

static struct chunk *chunk_at(const struct output *output, uint32_t index)
{
	return &output->chunks[(output->chunk_from + index) % output->chunk_size];
}

static uint32_t used(const struct output *output)
{
	return (uint32_t)(output->end - output->start);
}

/** The ring holds the byte of stream offset `o` at `o % ring_size`. */
static void copy_out(const struct output *output, uint64_t offset, uint8_t *to, uint32_t size)
{
	uint32_t at = (uint32_t)(offset % output->ring_size);
	uint32_t first = output->ring_size - at < size ? output->ring_size - at : size;
	memcpy(to, output->ring + at, first);
	memcpy(to + first, output->ring, size - first);
}

static void grow_ring(struct output *output)
{
	uint32_t size = output->ring_size == 0 ? FIRST_RING : output->ring_size * 2;
	if (size > output->capacity)
		size = output->capacity;
	uint8_t *ring = must_alloc(size);
	uint32_t kept = used(output);
	if (kept > 0) {
		uint32_t at = (uint32_t)(output->start % size);
		uint32_t first = size - at < kept ? size - at : kept;
		copy_out(output, output->start, ring + at, first);
		copy_out(output, output->start + first, ring, kept - first);
	}
	free(output->ring);
	output->ring = ring;
	output->ring_size = size;
}

static void grow_chunks(struct output *output)
{
	uint32_t size = output->chunk_size == 0 ? FIRST_CHUNKS : output->chunk_size * 2;
	struct chunk *chunks = must_alloc(size * sizeof(*chunks));
	for (uint32_t i = 0; i < output->chunk_count; i++)
		chunks[i] = *chunk_at(output, i);
	free(output->chunks);
	output->chunks = chunks;
	output->chunk_size = size;
	output->chunk_from = 0;
}

size_t output_room(struct output *output, uint8_t **to)
{
	uint32_t most = MAX_READ;
	if (output->chunk_count >= MAX_CHUNKS) {
		/* No new chunk: what comes is put to the last one, as long as nobody has seen that. */
		if (chunk_at(output, output->chunk_count - 1)->sealed)
			return 0;
		uint32_t last = chunk_at(output, output->chunk_count - 1)->size;
		most = MAX_CHUNK - last < most ? MAX_CHUNK - last : most;
		if (most == 0)
			return 0;
	}
	while (output->ring_size - used(output) < output->ring_size / 2 + 1 &&
	       output->ring_size < output->capacity)
		grow_ring(output);
	uint32_t left = output->ring_size - used(output);
	uint32_t at = (uint32_t)(output->end % output->ring_size);
	uint32_t size = output->ring_size - at < left ? output->ring_size - at : left;
	*to = output->ring + at;
	return size > most ? most : size;
}

/** How many of the `size` bytes behind `end` belong to lines that end among them. */
static uint32_t whole_lines(const struct output *output, uint32_t size)
{
	/* A read never wraps around the ring. */
	const uint8_t *from = output->ring + output->end % output->ring_size;
	const uint8_t *found = memrchr(from, '\n', size);
	return found == NULL ? 0 : (uint32_t)(found - from) + 1;
}

/**
 * The host tells by the times what it has: each byte has one of its own, a nanosecond or more behind
 * the one before, also while a clock that was set back catches up.
 */
static void stamp(struct output *output, struct chunk *chunk, uint64_t time_ns)
{
	chunk->time_ns = time_ns < output->next_ns ? output->next_ns : time_ns;
	output->next_ns = chunk->time_ns + chunk->size;
}

static void add_chunk(struct output *output, uint32_t size, uint64_t time_ns, bool sealed)
{
	if (output->chunk_count == output->chunk_size)
		grow_chunks(output);
	output->chunk_count++;
	struct chunk *chunk = chunk_at(output, output->chunk_count - 1);
	*chunk = (struct chunk){.size = size, .sealed = sealed};
	stamp(output, chunk, time_ns);
}

void output_add(struct output *output, size_t size, uint64_t time_ns)
{
	if (size == 0)
		return;
	uint32_t lines = output->by_lines ? whole_lines(output, (uint32_t)size) : (uint32_t)size;
	uint32_t rest = (uint32_t)size - lines;
	struct chunk *last = output->chunk_count == 0
				     ? NULL
				     : chunk_at(output, output->chunk_count - 1);
	bool full = output->chunk_count >= MAX_CHUNKS;
	output->end += size;
	if (full || (output->by_lines && last != NULL && !last->sealed)) {
		last->size += full ? (uint32_t)size : lines > 0 ? lines : rest;
		stamp(output, last, time_ns);
		/* A full list takes what comes into its last chunk, wherever the lines end. */
		last->sealed = !full && (lines > 0 || last->size >= LONG_LINE);
		if (full || lines == 0)
			return;
		lines = 0;
	}
	if (lines > 0)
		add_chunk(output, lines, time_ns, output->by_lines);
	if (rest > 0)
		add_chunk(output, rest, time_ns, rest >= LONG_LINE);
}

bool output_waits(const struct output *output)
{
	return output->by_lines && !output->ended && output->chunk_count > 0 &&
	       output->chunk_count < MAX_CHUNKS &&
	       !chunk_at(output, output->chunk_count - 1)->sealed;
}

void output_flush(struct output *output)
{
	if (output->chunk_count > 0)
		chunk_at(output, output->chunk_count - 1)->sealed = true;
}

/** Cuts the next chunk, so that its first `size` bytes may go. */
static void split(struct output *output, uint32_t size)
{
	if (output->chunk_count == output->chunk_size)
		grow_chunks(output);
	output->chunk_count++;
	for (uint32_t i = output->chunk_count - 1; i > output->sent_chunks + 1; i--)
		*chunk_at(output, i) = *chunk_at(output, i - 1);
	struct chunk *first = chunk_at(output, output->sent_chunks);
	*chunk_at(output, output->sent_chunks + 1) =
		(struct chunk){.time_ns = first->time_ns + size,
			       .size = first->size - size,
			       .sealed = first->sealed};
	first->size = size;
}

static bool may_send(const struct output *output)
{
	/* What waits for the rest of its line is the last chunk there is. */
	if (output->sent_chunks + 1 == output->chunk_count && output_waits(output))
		return false;
	return output->flowing && output->next < output->end && output->next < output->limit;
}

bool output_eof_due(const struct output *output)
{
	return output->flowing && output->ended && !output->eof_sent &&
	       output->next == output->end;
}

bool output_pending(const struct output *output)
{
	return may_send(output) || output_eof_due(output);
}

bool output_take(struct output *output, uint8_t *to, uint32_t *size, uint64_t *offset,
		 uint64_t *time_ns)
{
	if (!may_send(output))
		return false;
	uint64_t allowed = output->limit - output->next;
	if (chunk_at(output, output->sent_chunks)->size > allowed) {
		if (output->chunk_count >= MAX_CHUNKS)
			return false;
		split(output, (uint32_t)allowed);
	}
	struct chunk *chunk = chunk_at(output, output->sent_chunks);
	chunk->sealed = true;
	copy_out(output, output->next, to, chunk->size);
	*size = chunk->size;
	*offset = output->next;
	*time_ns = chunk->time_ns;
	output->next += chunk->size;
	output->sent_chunks++;
	return true;
}

static void drop_first(struct output *output)
{
	const struct chunk *chunk = chunk_at(output, 0);
	output->start += chunk->size;
	output->chunk_from = (output->chunk_from + 1) % output->chunk_size;
	output->chunk_count--;
	if (output->sent_chunks > 0)
		output->sent_chunks--;
	if (output->next < output->start)
		output->next = output->start;
}

void output_ack(struct output *output, uint64_t offset, uint64_t limit)
{
	/* The first ACK may tell more than was sent on this connection: see PROTOCOL.md. */
	uint64_t known = output->flowing ? output->next : output->end;
	if (offset > known)
		offset = known;
	while (output->chunk_count > 0 && output->start + chunk_at(output, 0)->size <= offset)
		drop_first(output);
	if (output->chunk_count == 0)
		output_free(output);
	output->limit = limit;
	output->flowing = true;
}

void output_stop(struct output *output)
{
	output->next = output->start;
	output->sent_chunks = 0;
	output->flowing = false;
	output->eof_sent = false;
	output->limit = 0;
}
