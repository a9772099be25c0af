/*
 * A guest that has turned on its host: linked over the real agent (hostile_stand.ts wraps the
 * functions named here), it is honest until a request holds the text "hostile:HOW@OP". From the next
 * request OP on, that one included, it does what HOW says. A test writes the text into a container's
 * own command, so that a pod decides what its guest does, and when.
 */
#include "fields.h"
#include "ops.h"
#include "port.h"
#include "poweroff.h"
#include "requests.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { OPS = 32, EVENT_EXIT = 1, NEVER_GIVEN = 1000000000, STRANGERS = 900, AFTER_CUT = 64 };

void __real_requests_take(const struct frame *frame);
void __wrap_requests_take(const struct frame *frame);
size_t __real_streams_data(uint8_t *to);
size_t __wrap_streams_data(uint8_t *to);
void __real_port_send_fields(uint8_t type, uint64_t id, uint16_t word, const struct builder *fields);
void __wrap_port_send_fields(uint8_t type, uint64_t id, uint16_t word, const struct builder *fields);
void __real_frame_header(uint8_t *to, uint8_t type, uint64_t id, const uint8_t *payload,
			 uint32_t size, bool check);
void __wrap_frame_header(uint8_t *to, uint8_t type, uint64_t id, const uint8_t *payload,
			 uint32_t size, bool check);

static char armed[OPS][16];
/** What becomes of the next header. */
static enum { WHOLE, SIZE, CHECK, CUT, GARBAGE } spoil;
static enum { NOTHING, EVENTS, DATA } flood;
/** No request is taken any more; those before are answered. */
static bool is_silent;
/** Is done, and then said to have taken too long. */
static uint64_t late_id;
/** The last stream of output that the host has asked for. */
static uint64_t output_id;

static void arm(const uint8_t *payload, size_t size)
{
	static const char word[] = "hostile:";
	const uint8_t *end = payload + size;
	const uint8_t *at = memmem(payload, size, word, sizeof(word) - 1);
	while (at != NULL) {
		char text[32] = "";
		at += sizeof(word) - 1;
		size_t left = (size_t)(end - at);
		memcpy(text, at, left < sizeof(text) ? left : sizeof(text) - 1);
		char *op_text = strchr(text, '@');
		unsigned long op = op_text == NULL ? OPS : strtoul(op_text + 1, NULL, 10);
		if (op < OPS) {
			*op_text = '\0';
			format(armed[op], sizeof(armed[op]), "%s", text);
		}
		at = memmem(at, left, word, sizeof(word) - 1);
	}
}

/** The last field of a tag in a request, which stays as it is; its size, 0 for none. */
static size_t last_of(const struct frame *frame, enum tag tag, const uint8_t **bytes)
{
	size_t found = 0;
	for (size_t at = 4; at + 8 <= frame->size; at += 8 + get_u32(frame->payload + at + 4)) {
		if (get_u16(frame->payload + at) != tag)
			continue;
		*bytes = frame->payload + at + 8;
		found = get_u32(frame->payload + at + 4);
	}
	return found;
}

static void spoiled(int how, const struct frame *frame)
{
	static const uint8_t answer[4];
	spoil = how;
	port_send(FRAME_RESPONSE, frame->id, answer, sizeof(answer));
}

static void tell_end(const uint8_t *id, size_t id_size, uint64_t time_ns)
{
	uint8_t bytes[512];
	struct builder fields = {.bytes = bytes, .capacity = sizeof(bytes)};
	build_bytes(&fields, TAG_PROCESS, id, id_size);
	build_number(&fields, TAG_CODE, 0);
	build_number(&fields, TAG_END_TIME, time_ns);
	port_send_fields(FRAME_EVENT, 0, EVENT_EXIT, &fields);
}

/** Ends of what never was, then twice the end of the container that is about to be started. */
static void tell_ends(const struct frame *frame)
{
	const uint8_t *id = NULL;
	size_t size = last_of(frame, TAG_ARGUMENT, &id);
	tell_end((const uint8_t *)"../nobody", 9, 0);
	tell_end(id, size, UINT64_MAX);
	tell_end(id, size, 1);
}

static void answer_strangers(const struct frame *frame)
{
	static uint8_t bytes[MAX_BODY];
	struct builder fields = {.bytes = bytes, .capacity = sizeof(bytes)};
	for (int i = 0; i < STRANGERS; i++) {
		char id[16];
		format(id, sizeof(id), "stranger-%d", i);
		build_text(&fields, TAG_PROCESS, id);
		build_number(&fields, TAG_PID, 1);
		build_number(&fields, TAG_STATE, 0);
	}
	port_send_fields(FRAME_RESPONSE, frame->id, 0, &fields);
}

static void answer_pid(const struct frame *frame)
{
	uint8_t bytes[64];
	struct builder fields = {.bytes = bytes, .capacity = sizeof(bytes)};
	build_number(&fields, TAG_PID, UINT64_MAX);
	port_send_fields(FRAME_RESPONSE, frame->id, 0, &fields);
}

/** True when the request was seen to. */
static bool misbehave(const char *how, const struct frame *frame)
{
	static const uint8_t data[DATA_PREFIX + 1];
	static const uint8_t empty[4];
	if (strcmp(how, "silent") == 0) {
		is_silent = true;
		return false;
	} else if (strcmp(how, "late") == 0) {
		late_id = frame->id;
		return false;
	} else if (strcmp(how, "refuses") == 0) {
		port_answer(port_generation(), frame->id, ETIMEDOUT, "Cannot finish the program in time");
	} else if (strcmp(how, "dies") == 0) {
		power_off();
	} else if (strcmp(how, "answer") == 0) {
		port_send(FRAME_RESPONSE, frame->id + NEVER_GIVEN, empty, sizeof(empty));
	} else if (strcmp(how, "stream") == 0) {
		port_send(FRAME_DATA, frame->id + NEVER_GIVEN, data, sizeof(data));
	} else if (strcmp(how, "size") == 0) {
		spoiled(SIZE, frame);
	} else if (strcmp(how, "check") == 0) {
		spoiled(CHECK, frame);
	} else if (strcmp(how, "garbage") == 0) {
		spoiled(GARBAGE, frame);
	} else if (strcmp(how, "cut") == 0) {
		spoiled(CUT, frame);
		for (int i = 0; i < AFTER_CUT; i++)
			port_send(FRAME_RESPONSE, frame->id, empty, sizeof(empty));
	} else if (strcmp(how, "events") == 0) {
		flood = EVENTS;
	} else if (strcmp(how, "data") == 0) {
		flood = DATA;
	} else if (strcmp(how, "pid") == 0) {
		answer_pid(frame);
	} else if (strcmp(how, "strangers") == 0) {
		answer_strangers(frame);
	} else if (strcmp(how, "ends") == 0) {
		tell_ends(frame);
		return false;
	}
	return true;
}

void __wrap_requests_take(const struct frame *frame)
{
	const uint8_t *id = NULL;
	uint16_t op = get_u16(frame->payload);
	arm(frame->payload, frame->size);
	if (last_of(frame, TAG_STDOUT, &id) == 8)
		output_id = get_u64(id);
	if (is_silent)
		return;
	if (op < OPS && armed[op][0] != '\0') {
		char how[sizeof(armed[op])];
		format(how, sizeof(how), "%s", armed[op]);
		armed[op][0] = '\0';
		if (misbehave(how, frame))
			return;
	}
	__real_requests_take(frame);
}

void __wrap_port_send_fields(uint8_t type, uint64_t id, uint16_t word, const struct builder *fields)
{
	if (type == FRAME_RESPONSE && id == late_id)
		port_answer(port_generation(), id, ETIMEDOUT, "Cannot finish the program in time");
	else
		__real_port_send_fields(type, id, word, fields);
}

void __wrap_frame_header(uint8_t *to, uint8_t type, uint64_t id, const uint8_t *payload,
			 uint32_t size, bool check)
{
	__real_frame_header(to, type, id, payload, size, check);
	if (spoil == SIZE)
		put_u32(to, 1 << 24);
	else if (spoil == CHECK)
		to[16] ^= 1;
	else if (spoil == CUT)
		put_u32(to, size + 256);
	else if (spoil == GARBAGE)
		memset(to, 255, HEADER_SIZE);
	spoil = WHOLE;
}

/** Frames for as long as the host takes any; on the next connection, too. */
size_t __wrap_streams_data(uint8_t *to)
{
	static uint64_t offset;
	uint8_t *payload = to + HEADER_SIZE;
	uint32_t size = 0;
	if (flood == NOTHING)
		return __real_streams_data(to);
	if (flood == DATA) {
		size = MAX_PAYLOAD;
		put_u64(payload, offset);
		put_u64(payload + 8, 0);
		offset += MAX_DATA;
		frame_header(to, FRAME_DATA, output_id, payload, size, false);
	} else {
		struct builder fields = {.bytes = payload + 4, .capacity = 256};
		put_u16(payload, EVENT_EXIT);
		put_u16(payload + 2, 0);
		build_text(&fields, TAG_PROCESS, "nobody");
		build_number(&fields, TAG_CODE, 0);
		build_number(&fields, TAG_END_TIME, 1);
		size = (uint32_t)(4 + fields.size);
		frame_header(to, FRAME_EVENT, 0, payload, size, true);
	}
	return HEADER_SIZE + size;
}
