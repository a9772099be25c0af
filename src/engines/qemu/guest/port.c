#include "port.h"

#include "hello.h"
#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
	/** As much as one write of the virtio driver takes; one frame may go over it. */
	FILL_TO = 32768,
	SEND_CAPACITY = FILL_TO + HEADER_SIZE + MAX_PAYLOAD,
	/** What a turn reads and writes before others get theirs. */
	ROUNDS = 4,
	/** Answers that wait for a host that does not read: until then, nothing more is asked. */
	MAX_QUEUED = 262144,
	NONCE_SIZE = 16,
};

/** A frame that waits to be sent. */
struct queued {
	struct queued *next;
	size_t size;
	uint8_t bytes[];
};

static struct source port = {.fd = -1};
static struct port_handlers handlers = {0};
static struct reader reader;
static uint32_t generation;
static bool is_connected;
static uint8_t nonce[NONCE_SIZE];
static struct queued *first, **last = &first;
static size_t queued_bytes;
static uint8_t *sending;
static size_t sending_from, sending_to;
/** Edge-triggered: what the port was last seen to be ready for. */
static bool may_read, may_write;

uint32_t port_generation(void)
{
	return generation;
}

static void port_ready(struct source *source, uint32_t events)
{
	(void)source;
	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		may_read = true;
	if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
		may_write = true;
}

static void queue_raw(const uint8_t *before, size_t before_size, const uint8_t *bytes, size_t size)
{
	struct queued *item = must_alloc(sizeof(*item) + before_size + size);
	item->size = before_size + size;
	queued_bytes += item->size;
	memcpy(item->bytes, before, before_size);
	if (size > 0)
		memcpy(item->bytes + before_size, bytes, size);
	*last = item;
	last = &item->next;
}

void port_send(uint8_t type, uint64_t id, const uint8_t *payload, size_t size)
{
	if (!is_connected)
		return;
	uint8_t header[HEADER_SIZE];
	frame_header(header, type, id, payload, (uint32_t)size, true);
	queue_raw(header, sizeof(header), payload, size);
}

void port_send_fields(uint8_t type, uint64_t id, uint16_t word, const struct builder *fields)
{
	if (!is_connected)
		return;
	if (fields->overfull) {
		port_answer(generation, id, EMSGSIZE, "The answer does not fit a frame");
		return;
	}
	uint8_t *payload = must_alloc(4 + fields->size);
	put_u16(payload, word);
	if (fields->size > 0)
		memcpy(payload + 4, fields->bytes, fields->size);
	port_send(type, id, payload, 4 + fields->size);
	free(payload);
}

void port_answer(uint32_t of_generation, uint64_t id, int error, const char *text)
{
	if (of_generation != generation)
		return;
	uint8_t bytes[8192];
	struct builder fields = {.bytes = bytes, .capacity = sizeof(bytes)};
	if (text != NULL)
		build_bytes(&fields, TAG_PATH, text, strnlen(text, 4096));
	port_send_fields(FRAME_RESPONSE, id, (uint16_t)error, &fields);
}

static void forget_unsent(void)
{
	while (first != NULL) {
		struct queued *item = first;
		first = item->next;
		free(item);
	}
	last = &first;
	queued_bytes = 0;
	sending_from = sending_to = 0;
}

static void take_hello(const struct frame *frame)
{
	static struct fields fields;
	uint8_t welcome[512];
	const struct field *their_nonce;
	if (!fields_parse(&fields, frame->payload, frame->size) ||
	    (their_nonce = field_of(&fields, TAG_MODE)) == NULL ||
	    their_nonce->size != NONCE_SIZE) {
		reader_search(&reader);
		return;
	}
	if (!is_connected || memcmp(nonce, their_nonce->bytes, NONCE_SIZE) != 0) {
		memcpy(nonce, their_nonce->bytes, NONCE_SIZE);
		forget_unsent();
		generation++;
		is_connected = true;
		hello_take(&fields);
		handlers.connected();
	} else {
		hello_take_time(&fields);
	}
	struct builder answer = {.bytes = welcome, .capacity = sizeof(welcome)};
	hello_answer(&answer, nonce, NONCE_SIZE);
	uint8_t begin[MAGIC_SIZE + HEADER_SIZE];
	memcpy(begin, magic, MAGIC_SIZE);
	frame_header(begin + MAGIC_SIZE, FRAME_WELCOME, 0, welcome, (uint32_t)answer.size, true);
	queue_raw(begin, sizeof(begin), welcome, answer.size);
}

/** True when something was read. */
static bool read_some(void)
{
	size_t size;
	uint8_t *to = reader_room(&reader, &size);
	ssize_t got = read(port.fd, to, size);
	if (got < 0 && errno == EINTR)
		return true;
	if (got <= 0) {
		/* 0: no host is there; the driver tells when one has come. */
		may_read = false;
		return false;
	}
	reader_arrived(&reader, (size_t)got);
	return true;
}

/** True when a frame was taken. */
static bool take_frame(void)
{
	static bool at_beginning;
	struct frame frame;
	switch (reader_next(&reader, &frame)) {
	case READ_NOTHING:
		return false;
	case READ_MAGIC:
		at_beginning = true;
		return true;
	case READ_FRAME:
		if (frame.type == FRAME_HELLO && at_beginning)
			take_hello(&frame);
		else if (frame.type == FRAME_HELLO || at_beginning || !is_connected)
			reader_search(&reader);
		else
			handlers.frame(&frame);
		at_beginning = false;
		return true;
	}
	return false;
}

static void fill_sending(void)
{
	sending_from = sending_to = 0;
	while (first != NULL && sending_to + first->size <= SEND_CAPACITY && sending_to < FILL_TO) {
		struct queued *item = first;
		memcpy(sending + sending_to, item->bytes, item->size);
		sending_to += item->size;
		queued_bytes -= item->size;
		first = item->next;
		if (first == NULL)
			last = &first;
		free(item);
	}
	while (is_connected && first == NULL && sending_to < FILL_TO) {
		size_t size = handlers.data(sending + sending_to);
		if (size == 0)
			break;
		sending_to += size;
	}
}

/** True when something was written. */
static bool write_some(void)
{
	if (sending_from == sending_to)
		fill_sending();
	if (sending_from == sending_to)
		return false;
	ssize_t put = write(port.fd, sending + sending_from, sending_to - sending_from);
	if (put < 0 && errno == EINTR)
		return true;
	if (put <= 0) {
		may_write = false;
		return false;
	}
	sending_from += (size_t)put;
	return true;
}

static bool is_busy(void)
{
	return queued_bytes > MAX_QUEUED || handlers.busy();
}

bool port_turn(void)
{
	bool more = false;
	if (port.fd < 0)
		return false;
	for (int round = 0; round < ROUNDS; round++) {
		bool took = false;
		while (!is_busy() && take_frame())
			took = true;
		bool got = may_read && !is_busy() && read_some();
		bool put = may_write && write_some();
		more = took || got || put;
		if (!more)
			break;
	}
	return more;
}

void port_drain(uint64_t limit_ms)
{
	uint64_t end = now_ms() + limit_ms;
	while (first != NULL || sending_from != sending_to) {
		uint64_t now = now_ms();
		if (now >= end)
			return;
		struct pollfd ready = {.fd = port.fd, .events = POLLOUT};
		poll(&ready, 1, 10);
		may_write = true;
		while (write_some())
			;
	}
}

static void tell_host(const char *text)
{
	enum { A_MINUTE = 20, MINUTE_MS = 60000, EVENT_MESSAGE = 2 };
	static uint64_t since_ms;
	static int count;
	uint64_t now = now_ms();
	if (since_ms == 0 || now - since_ms >= MINUTE_MS) {
		since_ms = now;
		count = 0;
	}
	if (count++ >= A_MINUTE || queued_bytes > MAX_QUEUED)
		return;
	uint8_t bytes[1024];
	struct builder fields = {.bytes = bytes, .capacity = sizeof(bytes)};
	build_text(&fields, TAG_PATH, text);
	port_send_fields(FRAME_EVENT, 0, EVENT_MESSAGE, &fields);
}

void port_open(int fd, struct port_handlers with)
{
	handlers = with;
	source_close(&port);
	reader_begin(&reader);
	if (sending == NULL)
		sending = must_alloc(SEND_CAPACITY);
	sending_from = sending_to = 0;
	may_read = may_write = true;
	source_open(&port, fd, EPOLLIN | EPOLLOUT | EPOLLET, port_ready, NULL);
	say_to_host = tell_host;
}
