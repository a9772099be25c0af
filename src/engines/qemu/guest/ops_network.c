/* NETWORK: an interface as CNI set it up on the host: MTU, addresses, routes. */
#include "ops.h"

#include "netlink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/** "10.1.2.3/24" or an address alone. */
struct prefix {
	int family;
	size_t size;
	uint8_t bytes[16];
	uint8_t length;
};

static bool parse_prefix(const char *text, struct prefix *prefix)
{
	char copy[64], *end;
	if (!format(copy, sizeof(copy), "%s", text))
		return false;
	char *slash = strchr(copy, '/');
	if (slash != NULL)
		*slash = '\0';
	prefix->family = strchr(copy, ':') != NULL ? AF_INET6 : AF_INET;
	prefix->size = prefix->family == AF_INET6 ? 16 : 4;
	if (inet_pton(prefix->family, copy, prefix->bytes) != 1)
		return false;
	unsigned long length = prefix->size * 8;
	if (slash != NULL) {
		length = strtoul(slash + 1, &end, 10);
		if (slash[1] == '\0' || *end != '\0' || length > prefix->size * 8)
			return false;
	}
	prefix->length = (uint8_t)length;
	return true;
}

static int link_up(int socket, unsigned index, uint32_t mtu)
{
	struct netlink_request request;
	struct ifinfomsg info = {.ifi_index = (int)index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
	netlink_begin(&request, RTM_NEWLINK, 0, &info, sizeof(info));
	if (mtu != 0)
		netlink_add(&request, IFLA_MTU, &mtu, sizeof(mtu));
	return netlink_do(socket, &request);
}

/** Gives the interface, which is down yet, the address "02:00:00:00:00:01". */
static int set_hardware_address(int socket, unsigned index, const char *text)
{
	struct netlink_request request;
	struct ifinfomsg info = {.ifi_index = (int)index};
	uint8_t address[6];
	const char *at = text;
	for (size_t i = 0; i < sizeof(address); i++) {
		char *end;
		unsigned long byte = strtoul(at, &end, 16);
		bool is_last = i == sizeof(address) - 1;
		if (end != at + 2 || byte > 0xff || *end != (is_last ? '\0' : ':'))
			return EINVAL;
		address[i] = (uint8_t)byte;
		at = end + 1;
	}
	netlink_begin(&request, RTM_NEWLINK, 0, &info, sizeof(info));
	netlink_add(&request, IFLA_ADDRESS, address, sizeof(address));
	return netlink_do(socket, &request);
}

static int add_address(int socket, unsigned index, const char *text)
{
	struct netlink_request request;
	struct prefix prefix;
	if (!parse_prefix(text, &prefix))
		return EINVAL;
	struct ifaddrmsg info = {
		.ifa_family = (uint8_t)prefix.family,
		.ifa_prefixlen = prefix.length,
		.ifa_index = index,
		/* CNI has seen to it that nobody else has it. */
		.ifa_flags = prefix.family == AF_INET6 ? IFA_F_NODAD : 0,
	};
	netlink_begin(&request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, &info, sizeof(info));
	netlink_add(&request, IFA_LOCAL, prefix.bytes, prefix.size);
	netlink_add(&request, IFA_ADDRESS, prefix.bytes, prefix.size);
	if (prefix.family == AF_INET && prefix.length < 31) {
		uint32_t mask = prefix.length == 0 ? 0 : htonl(~0u << (32 - prefix.length));
		uint32_t address, broadcast;
		memcpy(&address, prefix.bytes, sizeof(address));
		broadcast = address | ~mask;
		netlink_add(&request, IFA_BROADCAST, &broadcast, sizeof(broadcast));
	}
	int error = netlink_do(socket, &request);
	return error == EEXIST ? 0 : error;
}

static int add_route(int socket, unsigned index, const char *text)
{
	char copy[160];
	struct netlink_request request;
	struct prefix to, via = {0};
	if (!format(copy, sizeof(copy), "%s", text))
		return EINVAL;
	char *gateway = strchr(copy, ' ');
	if (gateway == NULL)
		return EINVAL;
	*gateway++ = '\0';
	bool has_gateway = strcmp(gateway, "-") != 0;
	if (!parse_prefix(copy, &to) || (has_gateway && !parse_prefix(gateway, &via)) ||
	    (has_gateway && via.family != to.family))
		return EINVAL;
	struct rtmsg info = {
		.rtm_family = (uint8_t)to.family,
		.rtm_dst_len = to.length,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = RTPROT_BOOT,
		.rtm_scope = has_gateway || to.family == AF_INET6 ? RT_SCOPE_UNIVERSE
								 : RT_SCOPE_LINK,
		.rtm_type = RTN_UNICAST,
		/* A gateway outside of the interface's own prefixes is on the link (ptp, calico). */
		.rtm_flags = has_gateway ? RTNH_F_ONLINK : 0,
	};
	netlink_begin(&request, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, &info, sizeof(info));
	netlink_add(&request, RTA_DST, to.bytes, to.size);
	netlink_add(&request, RTA_OIF, &index, sizeof(index));
	if (has_gateway)
		netlink_add(&request, RTA_GATEWAY, via.bytes, via.size);
	int error = netlink_do(socket, &request);
	return error == EEXIST ? 0 : error;
}

typedef int adder(int socket, unsigned index, const char *text);

static int add_all(int socket, unsigned index, const struct fields *in, enum tag tag, adder *add,
		   const char *what, struct builder *out)
{
	for (size_t i = 0; i < in->count; i++) {
		if (in->list[i].tag != tag)
			continue;
		int error = add(socket, index, in->list[i].bytes);
		if (error != 0)
			return build_error(out, error, "Cannot add %s '%s'", what,
					   in->list[i].bytes);
	}
	return 0;
}

int do_network(const struct fields *in, struct builder *out)
{
	const char *name = field_text(in, TAG_INTERFACE);
	unsigned loopback = if_nametoindex("lo");
	unsigned index = name == NULL ? loopback : if_nametoindex(name);
	if (index == 0)
		return build_error(out, ENODEV, "Cannot find interface '%s'",
				   name == NULL ? "lo" : name);
	int socket = netlink_open();
	if (socket < 0)
		return build_error(out, errno, "Cannot speak to the kernel's routing");
	int error = loopback == 0 ? 0 : link_up(socket, loopback, 0);
	const char *hardware = field_text(in, TAG_HARDWARE_ADDRESS);
	if (error == 0 && hardware != NULL)
		error = set_hardware_address(socket, index, hardware);
	if (error == 0)
		error = link_up(socket, index, (uint32_t)field_number(in, TAG_MTU, 0));
	if (error != 0)
		build_error(out, error, "Cannot bring up interface '%s'", name == NULL ? "lo" : name);
	if (error == 0)
		error = add_all(socket, index, in, TAG_ADDRESS, add_address, "address", out);
	/* What routes need may stand behind them: those of the link go first. */
	if (error == 0)
		error = add_all(socket, index, in, TAG_ROUTE, add_route, "route", out);
	close_fd(&socket);
	return error;
}
