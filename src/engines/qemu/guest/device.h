/* DEVICE: waits until a SCSI disk is there, or until it has gone. */
#ifndef FRAKTI_DEVICE_H
#define FRAKTI_DEVICE_H

#include "fields.h"

void do_device(uint64_t id, const struct fields *in);

#endif
