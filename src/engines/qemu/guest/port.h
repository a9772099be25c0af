/*
 * The channel to the host over one descriptor: the search for a connection's beginning, HELLO and
 * WELCOME, and what goes out, answers before data. It never blocks and keeps nothing for a host
 * that is not there.
 */
#ifndef FRAKTI_PORT_H
#define FRAKTI_PORT_H

#include "fields.h"
#include "frames.h"

/** Who listens to the frames of a connection; set before port_open. */
struct port_handlers {
	/** A new connection: what belonged to the former one is to be given up. */
	void (*connected)(void);
	/** A frame of a known type other than HELLO. */
	void (*frame)(const struct frame *frame);
	/** True while no more requests should be read. */
	bool (*busy)(void);
	/** One frame of stream data into `to`, at most MAX_PAYLOAD + HEADER_SIZE; 0: none. */
	size_t (*data)(uint8_t *to);
};

void port_open(int fd, struct port_handlers handlers);

/** Counts connections; an answer to a request of an older one is dropped. */
uint32_t port_generation(void);

/** Queues a frame. Dropped while there is no connection. */
void port_send(uint8_t type, uint64_t id, const uint8_t *payload, size_t size);

/** RESPONSE or EVENT: a word (status or kind) and fields. */
void port_send_fields(uint8_t type, uint64_t id, uint16_t word, const struct builder *fields);

/** A RESPONSE without fields, or with the text of an error. */
void port_answer(uint32_t generation, uint64_t id, int error, const char *text);

/** Reads and writes what can be; true when it should be called again without waiting. */
bool port_turn(void);

/** Writes out the queue, waiting up to `limit_ms`. */
void port_drain(uint64_t limit_ms);

#endif
