#include "streams.h"

#include "fields.h"
#include "leftovers.h"
#include "port.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

static struct out_stream *outs, *out_turn;
static struct in_stream *ins;

static void send_pair(uint8_t type, uint64_t id, uint64_t a, uint64_t b)
{
	uint8_t payload[16];
	put_u64(payload, a);
	put_u64(payload + 8, b);
	port_send(type, id, payload, sizeof(payload));
}

static void send_reset(uint64_t id, int error)
{
	uint8_t payload[8];
	put_u32(payload, (uint32_t)error);
	put_u32(payload + 4, 0);
	port_send(FRAME_RESET, id, payload, sizeof(payload));
}

/* From a descriptor to the host. */

/** How long what has no line end yet is held back, for its line to be one piece. */
enum { LINE_PATIENCE_MS = 1000 };

static void out_of_patience(struct timer *timer)
{
	struct out_stream *stream = timer->owner;
	output_flush(&stream->output);
}

static void out_close(struct out_stream *stream)
{
	timer_clear(&stream->patience);
	if (stream->has_leftovers)
		leftover_add(source_release(&stream->source));
	else
		source_close(&stream->source);
}

static void out_done(struct out_stream *stream)
{
	out_close(stream);
	if (stream->is_done)
		return;
	stream->is_done = true;
	if (stream->done != NULL)
		stream->done(stream);
}

static void out_ready(struct source *source, uint32_t events)
{
	struct out_stream *stream = source->owner;
	(void)events;
	/* Two reads at most: others want their turn. */
	for (int i = 0; i < 2; i++) {
		uint8_t *to;
		size_t room = output_room(&stream->output, &to);
		if (room == 0) {
			source_want(source, 0);
			return;
		}
		ssize_t got = read(source->fd, to, room);
		if (got > 0) {
			output_add(&stream->output, (size_t)got, now_real_ns());
			if (!output_waits(&stream->output))
				timer_clear(&stream->patience);
			else if (stream->patience.due_ms == 0)
				timer_set(&stream->patience, LINE_PATIENCE_MS, out_of_patience,
					  stream);
			continue;
		}
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		/* EIO: the last program has closed the terminal. */
		if (got < 0 && errno != EIO && !stream->is_kept)
			stream->broken = errno;
		stream->output.ended = true;
		source_close(source);
		return;
	}
}

struct out_stream *out_stream_open(uint64_t id, int fd, bool kept, void *owner,
				   void (*done)(struct out_stream *))
{
	struct out_stream *stream = must_alloc(sizeof(*stream));
	stream->id = id;
	stream->owner = owner;
	stream->done = done;
	stream->is_kept = kept;
	output_begin(&stream->output, kept ? KEPT_CAPACITY : PASSING_CAPACITY, !kept);
	stream->output.by_lines = kept;
	stream->next = outs;
	outs = stream;
	source_open(&stream->source, fd, EPOLLIN, out_ready, stream);
	return stream;
}

void out_stream_free(struct out_stream *stream)
{
	if (stream == NULL)
		return;
	out_close(stream);
	if (out_turn == stream)
		out_turn = stream->next;
	for (struct out_stream **at = &outs; *at != NULL; at = &(*at)->next) {
		if (*at == stream) {
			*at = stream->next;
			break;
		}
	}
	output_free(&stream->output);
	free(stream);
}

static struct out_stream *find_out(uint64_t id)
{
	for (struct out_stream *stream = outs; stream != NULL; stream = stream->next)
		if (stream->id == id)
			return stream;
	return NULL;
}

bool out_stream_known(uint64_t id)
{
	return find_out(id) != NULL;
}

static size_t data_of(struct out_stream *stream, uint8_t *to)
{
	uint32_t size;
	uint64_t offset, time_ns;
	uint8_t *payload = to + HEADER_SIZE;
	if (output_take(&stream->output, payload + DATA_PREFIX, &size, &offset, &time_ns)) {
		put_u64(payload, offset);
		put_u64(payload + 8, time_ns);
		frame_header(to, FRAME_DATA, stream->id, payload, DATA_PREFIX + size, false);
		return HEADER_SIZE + DATA_PREFIX + size;
	}
	if (!output_eof_due(&stream->output))
		return 0;
	stream->output.eof_sent = true;
	if (stream->broken != 0) {
		put_u32(payload, (uint32_t)stream->broken);
		put_u32(payload + 4, 0);
		frame_header(to, FRAME_RESET, stream->id, payload, 8, true);
		out_done(stream);
		return HEADER_SIZE + 8;
	}
	put_u64(payload, stream->output.end);
	put_u64(payload + 8, 0);
	frame_header(to, FRAME_EOF, stream->id, payload, 16, true);
	out_done(stream);
	return HEADER_SIZE + 16;
}

size_t streams_data(uint8_t *to)
{
	struct out_stream *begin = out_turn != NULL ? out_turn : outs;
	struct out_stream *stream = begin;
	if (stream == NULL)
		return 0;
	do {
		struct out_stream *next = stream->next != NULL ? stream->next : outs;
		if (output_pending(&stream->output)) {
			/* data_of may free the stream, and moves the turn on when it does. */
			out_turn = next;
			size_t size = data_of(stream, to);
			if (size > 0)
				return size;
		}
		stream = next;
	} while (stream != begin);
	return 0;
}

/* From the host to a descriptor. */

static void in_close(struct in_stream *stream)
{
	if (stream->is_done)
		return;
	source_close(&stream->source);
	input_free(&stream->input);
	stream->is_done = true;
	if (stream->done != NULL)
		stream->done(stream);
}

static void in_end(struct in_stream *stream)
{
	struct termios terminal;
	switch (stream->end) {
	case END_SHUTDOWN:
		shutdown(stream->source.fd, SHUT_WR);
		break;
	case END_TERMINAL:
		/* A terminal has no end: its line discipline, or a shell, takes ^D for one. */
		if (tcgetattr(stream->source.fd, &terminal) == 0 &&
		    write(stream->source.fd, &terminal.c_cc[VEOF], 1) < 0)
			say("Cannot end the input of a terminal: %s", strerror(errno));
		break;
	case END_CLOSE:
		break;
	}
	in_close(stream);
}

static void in_acks(struct in_stream *stream)
{
	uint64_t offset, limit;
	if (!stream->is_done && input_ack_due(&stream->input, &offset, &limit))
		send_pair(FRAME_ACK, stream->id, offset, limit);
}

static void in_flush(struct in_stream *stream)
{
	const uint8_t *bytes;
	size_t size;
	while ((size = input_next(&stream->input, &bytes)) > 0) {
		ssize_t put = write(stream->source.fd, bytes, size);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0 && errno == EAGAIN) {
			source_want(&stream->source, EPOLLOUT);
			in_acks(stream);
			return;
		}
		if (put <= 0) {
			if (stream->input.flowing)
				send_reset(stream->id, put < 0 ? errno : EPIPE);
			in_close(stream);
			return;
		}
		input_wrote(&stream->input, (size_t)put);
	}
	source_want(&stream->source, 0);
	in_acks(stream);
	if (stream->input.ended)
		in_end(stream);
}

static void in_ready(struct source *source, uint32_t events)
{
	(void)events;
	in_flush(source->owner);
}

struct in_stream *in_stream_open(uint64_t id, int fd, int end, void *owner,
				 void (*done)(struct in_stream *))
{
	struct in_stream *stream = must_alloc(sizeof(*stream));
	stream->id = id;
	stream->owner = owner;
	stream->end = end;
	stream->done = done;
	input_begin(&stream->input);
	stream->next = ins;
	ins = stream;
	source_open(&stream->source, fd, 0, in_ready, stream);
	in_acks(stream);
	return stream;
}

void in_stream_free(struct in_stream *stream)
{
	if (stream == NULL)
		return;
	source_close(&stream->source);
	for (struct in_stream **at = &ins; *at != NULL; at = &(*at)->next) {
		if (*at == stream) {
			*at = stream->next;
			break;
		}
	}
	input_free(&stream->input);
	free(stream);
}

static struct in_stream *find_in(uint64_t id)
{
	for (struct in_stream *stream = ins; stream != NULL; stream = stream->next)
		if (stream->id == id)
			return stream;
	return NULL;
}

bool in_stream_known(uint64_t id)
{
	return find_in(id) != NULL;
}

/* The host's frames. One for a stream that has ended is late, not wrong. */

static void take_data(const struct frame *frame)
{
	struct in_stream *stream = find_in(frame->id);
	if (stream == NULL || stream->is_done || frame->size <= DATA_PREFIX)
		return;
	if (!input_add(&stream->input, get_u64(frame->payload), frame->payload + DATA_PREFIX,
		       frame->size - DATA_PREFIX)) {
		if (stream->input.flowing)
			send_reset(stream->id, EPROTO);
		in_close(stream);
		return;
	}
	in_flush(stream);
}

static void take_ack(const struct frame *frame)
{
	struct out_stream *stream = find_out(frame->id);
	struct in_stream *in = find_in(frame->id);
	if (frame->size != 16)
		return;
	if (in != NULL && !in->is_done && !in->input.flowing) {
		input_resume(&in->input);
		in_acks(in);
	}
	if (stream == NULL)
		return;
	output_ack(&stream->output, get_u64(frame->payload), get_u64(frame->payload + 8));
	if (!stream->output.ended && stream->source.fd >= 0)
		source_want(&stream->source, EPOLLIN);
}

static void take_eof(const struct frame *frame)
{
	struct in_stream *stream = find_in(frame->id);
	if (stream == NULL || stream->is_done)
		return;
	stream->input.ended = true;
	in_flush(stream);
}

static void take_reset(const struct frame *frame)
{
	struct in_stream *in = find_in(frame->id);
	struct out_stream *out = find_out(frame->id);
	if (out != NULL) {
		output_free(&out->output);
		output_begin(&out->output, out->output.capacity, true);
		out->output.ended = out->output.eof_sent = true;
	}
	/* Looked up again: one's end may free the other. */
	if (in != NULL)
		in_close(in);
	if (out != NULL && find_out(frame->id) == out)
		out_done(out);
}

void streams_frame(const struct frame *frame)
{
	switch (frame->type) {
	case FRAME_DATA:
		take_data(frame);
		break;
	case FRAME_ACK:
		take_ack(frame);
		break;
	case FRAME_EOF:
		take_eof(frame);
		break;
	case FRAME_RESET:
		take_reset(frame);
		break;
	default:
		break;
	}
}

void streams_stop(void)
{
	for (struct out_stream *stream = outs; stream != NULL; stream = stream->next)
		output_stop(&stream->output);
	for (struct in_stream *stream = ins; stream != NULL; stream = stream->next)
		input_stop(&stream->input);
}
