#include "frames.h"

#include "fields.h"

#include <string.h>

const uint8_t magic[MAGIC_SIZE] = "\xf7"
				  "FRAKTI-AGENT\r\n"
				  "\xf7";

uint32_t crc32_of(const uint8_t *bytes, size_t size)
{
	static uint32_t table[4][256];
	if (table[0][1] == 0) {
		for (uint32_t i = 0; i < 256; i++) {
			uint32_t value = i;
			for (int bit = 0; bit < 8; bit++)
				value = value >> 1 ^ (value & 1 ? 0xedb88320u : 0);
			table[0][i] = value;
		}
		for (uint32_t i = 0; i < 256; i++)
			for (int k = 1; k < 4; k++)
				table[k][i] = table[k - 1][i] >> 8 ^
					      table[0][table[k - 1][i] & 255];
	}
	uint32_t crc = 0xffffffffu;
	for (; size >= 4; size -= 4, bytes += 4) {
		crc ^= get_u32(bytes);
		crc = table[3][crc & 255] ^ table[2][crc >> 8 & 255] ^ table[1][crc >> 16 & 255] ^
		      table[0][crc >> 24];
	}
	while (size-- > 0)
		crc = crc >> 8 ^ table[0][(crc ^ *bytes++) & 255];
	return ~crc;
}

void frame_header(uint8_t *to, uint8_t type, uint64_t id, const uint8_t *payload, uint32_t size,
		  bool check)
{
	put_u32(to, size);
	to[4] = type;
	to[5] = 0;
	put_u16(to + 6, 0);
	put_u64(to + 8, id);
	put_u32(to + 16, check ? crc32_of(payload, size) : 0);
}

void reader_begin(struct reader *reader)
{
	if (reader->bytes == NULL)
		reader->bytes = must_alloc(READER_CAPACITY);
	reader->from = reader->to = 0;
	reader->searching = true;
}

uint8_t *reader_room(struct reader *reader, size_t *size)
{
	if (reader->from > 0) {
		memmove(reader->bytes, reader->bytes + reader->from, reader->to - reader->from);
		reader->to -= reader->from;
		reader->from = 0;
	}
	*size = READER_CAPACITY - reader->to;
	return reader->bytes + reader->to;
}

void reader_arrived(struct reader *reader, size_t size)
{
	reader->to += size;
}

void reader_search(struct reader *reader)
{
	reader->searching = true;
}

/** Moves to behind the first magic at or after `skip`; without one, keeps what may begin one. */
static bool find_magic(struct reader *reader, size_t skip)
{
	size_t left = reader->to - reader->from;
	if (skip > left)
		skip = left;
	uint8_t *at = memmem(reader->bytes + reader->from + skip, left - skip, magic, MAGIC_SIZE);
	if (at == NULL)
		return false;
	reader->from = (size_t)(at - reader->bytes) + MAGIC_SIZE;
	reader->searching = false;
	return true;
}

static bool known_type(uint8_t type)
{
	return type == FRAME_HELLO || type == FRAME_REQUEST ||
	       (type >= FRAME_DATA && type <= FRAME_RESET);
}

/** The frame at `from` cannot be one: nothing after its first byte is trusted to be. */
static enum reader_result lost(struct reader *reader, size_t skip)
{
	reader_search(reader);
	if (find_magic(reader, skip))
		return READ_MAGIC;
	size_t left = reader->to - reader->from;
	reader->from += left < MAGIC_SIZE ? 0 : left - (MAGIC_SIZE - 1);
	return READ_NOTHING;
}

enum reader_result reader_next(struct reader *reader, struct frame *frame)
{
	uint8_t *at = reader->bytes + reader->from;
	size_t left = reader->to - reader->from;
	if (reader->searching)
		return lost(reader, 0);
	if (left >= MAGIC_SIZE && memcmp(at, magic, MAGIC_SIZE) == 0) {
		find_magic(reader, 0);
		return READ_MAGIC;
	}
	if (left >= HEADER_SIZE) {
		uint32_t size = get_u32(at);
		uint8_t type = at[4];
		if (size > MAX_PAYLOAD || !known_type(type) || at[5] != 0 || get_u16(at + 6) != 0)
			return lost(reader, 1);
		if (left >= HEADER_SIZE + size) {
			if (get_u32(at + 16) != crc32_of(at + HEADER_SIZE, size))
				return lost(reader, 1);
			*frame = (struct frame){
				.type = type,
				.id = get_u64(at + 8),
				.size = size,
				.payload = at + HEADER_SIZE,
			};
			reader->from += HEADER_SIZE + size;
					return READ_FRAME;
		}
	}
	/* One that its host left in the middle is filled up with zeros by the next host. */
	return READ_NOTHING;
}
