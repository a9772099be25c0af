/*
 * The fields of requests, responses and events (PROTOCOL.md, "Frames"): taken apart and put
 * together in memory. Pure.
 */
#ifndef FRAKTI_FIELDS_H
#define FRAKTI_FIELDS_H

#include "common.h"

enum {
	MAX_FIELDS = 512,
	/** A payload without a stream's prefix: what a response may carry. */
	MAX_BODY = 65536,
};

enum tag {
	TAG_PATH = 1, /* also: text of an error or message, source, version */
	TAG_MODE = 2, /* also: target, nonce */
	TAG_TYPE = 3, /* also: host time */
	TAG_FLAGS = 4, /* also: seed */
	TAG_DATA = 5, /* also: boot id, target of a bind */
	TAG_CONTENT = 6, /* also: memory total */
	TAG_APPEND = 7, /* also: agent version text */
	TAG_RECURSIVE = 8, /* also: kernel release */
	TAG_LINK = 9, /* also: path below another */
	TAG_UID = 10,
	TAG_GID = 11,
	TAG_SIZE = 12,
	TAG_FREE = 13,
	TAG_INODES = 14,
	TAG_FREE_INODES = 15,
	TAG_USED = 16,
	TAG_USED_INODES = 17,
	TAG_TRUNCATED = 18,
	TAG_SCSI_TARGET = 19,
	TAG_TIMEOUT = 20,
	TAG_GONE = 21,
	TAG_INTERFACE = 22,
	TAG_MTU = 23,
	TAG_ADDRESS = 24,
	TAG_ROUTE = 25,
	TAG_ARGUMENT = 26,
	TAG_CODE = 27,
	TAG_PROCESS = 28,
	TAG_TTY = 29,
	TAG_STDIN = 30,
	TAG_STDOUT = 31, /* also: the stream of DIAL */
	TAG_STDERR = 32,
	TAG_CGROUP = 33,
	TAG_PID = 34,
	TAG_CONTAINER = 35,
	TAG_SIGNAL = 36,
	TAG_TREE = 37,
	TAG_COLUMNS = 38,
	TAG_ROWS = 39,
	TAG_STATE = 40,
	TAG_OOM = 41,
	TAG_END_TIME = 42,
	TAG_STDIN_OFFSET = 43,
	TAG_STDOUT_OFFSET = 44,
	TAG_STDERR_OFFSET = 45,
	TAG_PORT = 46,
	TAG_HARDWARE_ADDRESS = 47,
	TAG_ENVIRONMENT = 48,
};

struct field {
	uint16_t tag;
	uint32_t size;
	/** A NUL follows the bytes. */
	const char *bytes;
};

struct fields {
	size_t count;
	struct field list[MAX_FIELDS];
};

/** Takes `bytes` apart, moving values within it to make room for NULs; false when malformed. */
bool fields_parse(struct fields *fields, uint8_t *bytes, size_t size);

/** The first field of a tag at or after index `from`; NULL when there is none. */
const struct field *field_from(const struct fields *fields, size_t from, enum tag tag);
const struct field *field_of(const struct fields *fields, enum tag tag);

/** The text of a field; NULL when it is missing, empty or holds a NUL. */
const char *field_text(const struct fields *fields, enum tag tag);

/** The number of a field of 8 bytes, else `otherwise`. */
uint64_t field_number(const struct fields *fields, enum tag tag, uint64_t otherwise);

/** Fields being put together, in a buffer of a fixed size; what does not fit marks it overfull. */
struct builder {
	uint8_t *bytes;
	size_t size, capacity;
	bool overfull;
};

void build_bytes(struct builder *to, enum tag tag, const void *bytes, size_t size);
void build_text(struct builder *to, enum tag tag, const char *text);
void build_number(struct builder *to, enum tag tag, uint64_t number);

/** Leaves one text field that tells `error`, and answers it, so that an operation can return it. */
int build_error(struct builder *to, int error, const char *pattern, ...)
	__attribute__((format(printf, 3, 4)));

uint16_t get_u16(const uint8_t *at);
uint32_t get_u32(const uint8_t *at);
uint64_t get_u64(const uint8_t *at);
void put_u16(uint8_t *at, uint16_t value);
void put_u32(uint8_t *at, uint32_t value);
void put_u64(uint8_t *at, uint64_t value);

#endif
