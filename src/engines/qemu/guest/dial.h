/* DIAL: a connection to a port of the pod's loopback, as one stream both ways. */
#ifndef FRAKTI_DIAL_H
#define FRAKTI_DIAL_H

#include "fields.h"

void do_dial(uint64_t id, const struct fields *in);

/** A connection to the host has ended: its dials go. */
void dials_stop(void);

#endif
