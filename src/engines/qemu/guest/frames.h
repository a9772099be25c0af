/*
 * Frames (PROTOCOL.md): their header, their check, and the reader that finds them in what arrives,
 * or the beginning of a connection when what arrives is no frame. Pure.
 */
#ifndef FRAKTI_FRAMES_H
#define FRAKTI_FRAMES_H

#include "common.h"

enum {
	HEADER_SIZE = 20,
	DATA_PREFIX = 16,
	MAX_DATA = 65536,
	MAX_PAYLOAD = MAX_DATA + DATA_PREFIX,
	MAGIC_SIZE = 16,
};

extern const uint8_t magic[MAGIC_SIZE];

enum frame_type {
	FRAME_HELLO = 1,
	FRAME_WELCOME = 2,
	FRAME_REQUEST = 16,
	FRAME_RESPONSE = 17,
	FRAME_EVENT = 18,
	FRAME_DATA = 32,
	FRAME_ACK = 33,
	FRAME_EOF = 34,
	FRAME_RESET = 35,
};

struct frame {
	uint8_t type;
	uint64_t id;
	uint32_t size;
	/** Within the reader; good until its next call. */
	uint8_t *payload;
};

uint32_t crc32_of(const uint8_t *bytes, size_t size);

/** Writes a header; `check` is false for frames that go unchecked. */
void frame_header(uint8_t *to, uint8_t type, uint64_t id, const uint8_t *payload, uint32_t size,
		  bool check);

/** What arrives from the host. */
struct reader {
	uint8_t *bytes;
	size_t from, to;
	bool searching;
};

enum { READER_CAPACITY = HEADER_SIZE + MAX_PAYLOAD + 4096 };

enum reader_result {
	/** More must arrive. */
	READ_NOTHING,
	READ_FRAME,
	/** A new connection begins here: all before it is void. */
	READ_MAGIC,
};

void reader_begin(struct reader *reader);

/** Room for what arrives; then tell with reader_arrived how much it was. Never empty. */
uint8_t *reader_room(struct reader *reader, size_t *size);
void reader_arrived(struct reader *reader, size_t size);

/** The next thing in what has arrived. */
enum reader_result reader_next(struct reader *reader, struct frame *frame);

/** Looks for the beginning of a connection from here on. */
void reader_search(struct reader *reader);

#endif
