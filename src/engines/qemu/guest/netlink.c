#include "netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

int netlink_open(void)
{
	const struct timeval limit = {.tv_sec = 5};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return fd;
}

void netlink_begin(struct netlink_request *request, uint16_t type, uint16_t flags,
		   const void *header, size_t size)
{
	memset(request, 0, sizeof(*request));
	struct nlmsghdr *message = (struct nlmsghdr *)request->bytes;
	message->nlmsg_type = type;
	message->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
	memcpy(request->bytes + NLMSG_HDRLEN, header, size);
	request->size = (uint32_t)NLMSG_SPACE(size);
}

void netlink_add(struct netlink_request *request, uint16_t type, const void *value, size_t size)
{
	struct rtattr attribute = {.rta_type = type, .rta_len = (uint16_t)RTA_LENGTH(size)};
	if (request->size + RTA_SPACE(size) > sizeof(request->bytes))
		return;
	memcpy(request->bytes + request->size, &attribute, sizeof(attribute));
	memcpy(request->bytes + request->size + RTA_LENGTH(0), value, size);
	request->size += (uint32_t)RTA_SPACE(size);
}

int netlink_do(int socket, struct netlink_request *request)
{
	_Alignas(8) uint8_t answer[4096];
	static uint32_t sequence;
	struct nlmsghdr *message = (struct nlmsghdr *)request->bytes;
	message->nlmsg_len = request->size;
	message->nlmsg_seq = ++sequence;
	if (send(socket, request->bytes, request->size, 0) < 0)
		return errno;
	for (;;) {
		ssize_t got = recv(socket, answer, sizeof(answer), 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno == EAGAIN ? ETIMEDOUT : errno;
		const struct nlmsghdr *reply = (const struct nlmsghdr *)answer;
		if ((size_t)got < NLMSG_LENGTH(sizeof(struct nlmsgerr)) ||
		    reply->nlmsg_seq != sequence || reply->nlmsg_type != NLMSG_ERROR)
			continue;
		return -((const struct nlmsgerr *)NLMSG_DATA(reply))->error;
	}
}
