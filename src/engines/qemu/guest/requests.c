#include "requests.h"

#include "create.h"
#include "device.h"
#include "dial.h"
#include "list.h"
#include "pidns.h"
#include "port.h"
#include "poweroff.h"
#include "run.h"
#include "worker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_LIMIT_MS = 10000, MAX_WAITING_BYTES = 524288 };

struct request {
	struct request *next;
	uint64_t id;
	size_t size;
	/** Payload, and room for a NUL behind it. */
	uint8_t payload[];
};

/**
 * Requests in the order they came. While one of them is in the lane's worker the others wait for
 * it. What only walks over files has a lane of its own: a stop must not wait for a look at sizes.
 */
struct queue {
	struct request *first, **last;
	bool at_work;
	uint64_t work_id;
	uint32_t work_generation;
};

static struct queue queues[LANES] = {
	[LANE_ORDERS] = {.last = &queues[LANE_ORDERS].first},
	[LANE_WALKS] = {.last = &queues[LANE_WALKS].first},
};
static size_t waiting_bytes;

static void begin_next(enum lane lane);

/** One number of a request, in a copy: whoever carries it out takes the fields apart. */
static uint64_t peek(const uint8_t *body, size_t size, enum tag tag, uint64_t otherwise)
{
	static struct fields fields;
	uint64_t number = otherwise;
	uint8_t *copy = must_alloc(size + 1);
	memcpy(copy, body, size);
	if (fields_parse(&fields, copy, size))
		number = field_number(&fields, tag, otherwise);
	free(copy);
	return number;
}

static enum lane lane_of(const struct request *request)
{
	uint16_t op = get_u16(request->payload);
	bool walks = op == OP_USAGE ||
		     (op == OP_REMOVE &&
		      peek(request->payload + 4, request->size - 4, TAG_RECURSIVE, 0) != 0);
	return walks ? LANE_WALKS : LANE_ORDERS;
}

static void work_done(enum lane lane, const uint8_t *payload, size_t size)
{
	struct queue *queue = &queues[lane];
	queue->at_work = false;
	if (queue->work_generation == port_generation())
		port_send(FRAME_RESPONSE, queue->work_id, payload, size);
	begin_next(lane);
}

/** Those that are done at once. */
static operation *local_operation(uint16_t op)
{
	switch (op) {
	case OP_SIGNAL:
		return do_signal;
	case OP_RESIZE:
		return do_resize;
	case OP_FORGET:
		return do_forget;
	case OP_LIST:
		return do_list;
	case OP_PIDNS:
		return do_pidns;
	default:
		return NULL;
	}
}

static void do_local(uint64_t id, operation *run, const struct fields *fields)
{
	static uint8_t bytes[MAX_BODY];
	struct builder out = {.bytes = bytes, .capacity = sizeof(bytes)};
	int status = run(fields, &out);
	port_send_fields(FRAME_RESPONSE, id, (uint16_t)status, &out);
}

static void begin_here(uint16_t op, uint64_t id, const struct fields *fields)
{
	operation *local = local_operation(op);
	if (local != NULL) {
		do_local(id, local, fields);
		return;
	}
	switch (op) {
	case OP_DEVICE:
		do_device(id, fields);
		break;
	case OP_RUN:
		do_run(id, fields);
		break;
	case OP_SPAWN:
		do_spawn(id, fields);
		break;
	case OP_EXEC:
		do_exec(id, fields);
		break;
	case OP_DIAL:
		do_dial(id, fields);
		break;
	case OP_POWEROFF:
		port_answer(port_generation(), id, 0, NULL);
		port_drain(1000);
		power_off();
	default:
		port_answer(port_generation(), id, ENOSYS, "Cannot do an unknown operation");
	}
}

static void begin(enum lane lane, struct request *request)
{
	static struct fields fields;
	struct queue *queue = &queues[lane];
	uint16_t op = get_u16(request->payload);
	uint8_t *body = request->payload + 4;
	size_t size = request->size - 4;
	if (worker_operation(op) != NULL) {
		uint64_t limit_ms = peek(body, size, TAG_TIMEOUT, DEFAULT_LIMIT_MS);
		queue->at_work = true;
		queue->work_id = request->id;
		queue->work_generation = port_generation();
		worker_do(lane, op, body, size, limit_ms, work_done);
		return;
	}
	if (fields_parse(&fields, body, size))
		begin_here(op, request->id, &fields);
	else
		port_answer(port_generation(), request->id, EINVAL, "Cannot read the fields");
}

static void begin_next(enum lane lane)
{
	struct queue *queue = &queues[lane];
	while (queue->first != NULL && !queue->at_work) {
		struct request *request = queue->first;
		/* A container that is being made for nobody will be there, or not: then tell. */
		if (get_u16(request->payload) == OP_LIST && creation_of_former())
			return;
		queue->first = request->next;
		if (queue->first == NULL)
			queue->last = &queue->first;
		waiting_bytes -= request->size;
		begin(lane, request);
		free(request);
	}
}

void requests_take(const struct frame *frame)
{
	if (frame->size < 4) {
		port_answer(port_generation(), frame->id, EINVAL, "Cannot read the request");
		return;
	}
	struct request *request = must_alloc(sizeof(*request) + frame->size + 1);
	request->id = frame->id;
	request->size = frame->size;
	memcpy(request->payload, frame->payload, frame->size);
	enum lane lane = lane_of(request);
	*queues[lane].last = request;
	queues[lane].last = &request->next;
	waiting_bytes += frame->size;
	begin_next(lane);
}

bool requests_busy(void)
{
	return waiting_bytes > MAX_WAITING_BYTES;
}

void requests_stop(void)
{
	for (unsigned lane = 0; lane < LANES; lane++) {
		struct queue *queue = &queues[lane];
		while (queue->first != NULL) {
			struct request *request = queue->first;
			queue->first = request->next;
			free(request);
		}
		queue->last = &queue->first;
	}
	waiting_bytes = 0;
}

void requests_retry(void)
{
	begin_next(LANE_ORDERS);
}
