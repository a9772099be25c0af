#include "fields.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	FIELD_HEADER = 8,
	/** The host takes a longer text for a lie. */
	MAX_TEXT = 4096,
	/** More than any error's name has. */
	ERROR_NAME_ROOM = 128,
};

uint16_t get_u16(const uint8_t *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

uint32_t get_u32(const uint8_t *at)
{
	return (uint32_t)get_u16(at) | (uint32_t)get_u16(at + 2) << 16;
}

uint64_t get_u64(const uint8_t *at)
{
	return (uint64_t)get_u32(at) | (uint64_t)get_u32(at + 4) << 32;
}

void put_u16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
}

void put_u32(uint8_t *at, uint32_t value)
{
	put_u16(at, (uint16_t)value);
	put_u16(at + 2, (uint16_t)(value >> 16));
}

void put_u64(uint8_t *at, uint64_t value)
{
	put_u32(at, (uint32_t)value);
	put_u32(at + 4, (uint32_t)(value >> 32));
}

bool fields_parse(struct fields *fields, uint8_t *bytes, size_t size)
{
	fields->count = 0;
	while (size > 0) {
		if (size < FIELD_HEADER || fields->count == MAX_FIELDS)
			return false;
		uint16_t tag = get_u16(bytes), reserved = get_u16(bytes + 2);
		uint32_t length = get_u32(bytes + 4);
		if (reserved != 0 || length > size - FIELD_HEADER)
			return false;
		/* The header is read: its last byte gives the room for a NUL behind the value. */
		uint8_t *value = memmove(bytes + FIELD_HEADER - 1, bytes + FIELD_HEADER, length);
		value[length] = '\0';
		fields->list[fields->count++] = (struct field){
			.tag = tag,
			.size = length,
			.bytes = (const char *)value,
		};
		bytes += FIELD_HEADER + length;
		size -= FIELD_HEADER + length;
	}
	return true;
}

const struct field *field_from(const struct fields *fields, size_t from, enum tag tag)
{
	for (size_t i = from; i < fields->count; i++)
		if (fields->list[i].tag == tag)
			return &fields->list[i];
	return NULL;
}

const struct field *field_of(const struct fields *fields, enum tag tag)
{
	return field_from(fields, 0, tag);
}

const char *field_text(const struct fields *fields, enum tag tag)
{
	const struct field *field = field_of(fields, tag);
	if (field == NULL || field->size == 0 || memchr(field->bytes, '\0', field->size) != NULL)
		return NULL;
	return field->bytes;
}

uint64_t field_number(const struct fields *fields, enum tag tag, uint64_t otherwise)
{
	const struct field *field = field_of(fields, tag);
	if (field == NULL || field->size != 8)
		return otherwise;
	return get_u64((const uint8_t *)field->bytes);
}

void build_bytes(struct builder *to, enum tag tag, const void *bytes, size_t size)
{
	if (to->overfull || size + FIELD_HEADER > to->capacity - to->size) {
		to->overfull = true;
		return;
	}
	uint8_t *at = to->bytes + to->size;
	put_u16(at, (uint16_t)tag);
	put_u16(at + 2, 0);
	put_u32(at + 4, (uint32_t)size);
	if (size > 0)
		memcpy(at + FIELD_HEADER, bytes, size);
	to->size += FIELD_HEADER + size;
}

void build_text(struct builder *to, enum tag tag, const char *text)
{
	build_bytes(to, tag, text, strlen(text));
}

void build_number(struct builder *to, enum tag tag, uint64_t number)
{
	uint8_t bytes[8];
	put_u64(bytes, number);
	build_bytes(to, tag, bytes, sizeof(bytes));
}

int build_error(struct builder *to, int error, const char *pattern, ...)
{
	char text[MAX_TEXT + 1];
	va_list values;
	va_start(values, pattern);
	vsnprintf(text, sizeof(text) - ERROR_NAME_ROOM, pattern, values);
	va_end(values);
	size_t length = strlen(text);
	snprintf(text + length, sizeof(text) - length, ": %s", strerror(error));
	to->size = 0;
	to->overfull = false;
	build_text(to, TAG_PATH, text);
	return error;
}
