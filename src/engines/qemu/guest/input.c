#include "input.h"

#include <stdlib.h>
#include <string.h>

void input_begin(struct input *input)
{
	*input = (struct input){.flowing = true};
}

void input_free(struct input *input)
{
	free(input->ring);
	input->ring = NULL;
}

bool input_add(struct input *input, uint64_t offset, const uint8_t *bytes, size_t size)
{
	if (offset > input->received || input->ended)
		return false;
	/* A host that starts again from an older offset repeats what is here already. */
	uint64_t repeated = input->received - offset;
	if (repeated >= size)
		return true;
	bytes += repeated;
	size -= repeated;
	if (size > INPUT_CAPACITY - (input->received - input->written))
		return false;
	if (input->ring == NULL)
		input->ring = must_alloc(INPUT_CAPACITY);
	size_t at = input->received % INPUT_CAPACITY;
	size_t first = INPUT_CAPACITY - at < size ? INPUT_CAPACITY - at : size;
	memcpy(input->ring + at, bytes, first);
	memcpy(input->ring, bytes + first, size - first);
	input->received += size;
	return true;
}

size_t input_next(const struct input *input, const uint8_t **bytes)
{
	size_t left = (size_t)(input->received - input->written);
	size_t at = input->written % INPUT_CAPACITY;
	if (left == 0)
		return 0;
	*bytes = input->ring + at;
	return INPUT_CAPACITY - at < left ? INPUT_CAPACITY - at : left;
}

void input_wrote(struct input *input, size_t size)
{
	input->written += size;
	if (input->written == input->received)
		input_free(input);
}

void input_resume(struct input *input)
{
	input->flowing = true;
	input->granted = false;
}

void input_stop(struct input *input)
{
	input->flowing = false;
}

bool input_ack_due(struct input *input, uint64_t *offset, uint64_t *limit)
{
	bool is_empty = input->written == input->received;
	uint64_t news = input->written - input->acked;
	if (!input->flowing)
		return false;
	if (input->granted && (news == 0 || (!is_empty && news < INPUT_CAPACITY / 4)))
		return false;
	/* The former limit stays good: it was counted from `acked`, which only grows. */
	input->granted = true;
	input->acked = input->written;
	*offset = input->written;
	*limit = input->written + INPUT_CAPACITY;
	return true;
}
