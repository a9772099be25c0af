/* Requests to the kernel's routing socket, one at a time, each with its acknowledgement. */
#ifndef FRAKTI_NETLINK_H
#define FRAKTI_NETLINK_H

#include "common.h"

struct netlink_request {
	_Alignas(8) uint8_t bytes[1024];
	uint32_t size;
};

/** A message with its family-specific header. */
void netlink_begin(struct netlink_request *request, uint16_t type, uint16_t flags,
		   const void *header, size_t size);
void netlink_add(struct netlink_request *request, uint16_t type, const void *value, size_t size);

/** Sends it and waits for the answer; 0 or an errno. */
int netlink_do(int socket, struct netlink_request *request);

int netlink_open(void);

#endif
