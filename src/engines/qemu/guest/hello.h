/* What HELLO and WELCOME say: the host's clock and seed, and who this guest is. */
#ifndef FRAKTI_HELLO_H
#define FRAKTI_HELLO_H

#include "fields.h"

enum { PROTOCOL_VERSION = 1 };

/** Sets the clock and feeds the random pool. */
void hello_take(const struct fields *fields);

/** Sets the clock alone, as of a HELLO that is repeated. */
void hello_take_time(const struct fields *fields);
void hello_answer(struct builder *to, const uint8_t *nonce, size_t nonce_size);

/** Sets the clock when it differs by more than 100 ms; 0 or an errno. */
int clock_follow(uint64_t host_time_ns);

/** False where the clock belongs to others: the agent as a program on a host. */
extern bool clock_is_ours;

#endif
