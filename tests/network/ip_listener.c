/* Prints the ports and the text of every UDP packet that reaches the network stack of its namespace
 * on an interface, in the way DHCP clients look: ip_listener IFNAME. "ready" comes first. */

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <sys/socket.h>

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP)};
  at.sll_ifindex = (int)if_nametoindex(argv[1]);
  int fd = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_IP));
  if (fd < 0 || at.sll_ifindex == 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0) {
    perror("ip_listener");
    return 1;
  }
  setvbuf(stdout, NULL, _IOLBF, 0);
  puts("ready");
  for (;;) {
    union {
      char bytes[2048];
      struct iphdr ip;
    } packet;
    struct sockaddr_ll from;
    socklen_t size = sizeof from;
    ssize_t got = recvfrom(fd, &packet, sizeof packet, 0, (struct sockaddr *)&from, &size);
    if (got < 0) return 1;
    const struct udphdr *udp = (const void *)(packet.bytes + 4 * packet.ip.ihl);
    const char *text = (const char *)(udp + 1);
    if (from.sll_pkttype == PACKET_OUTGOING || packet.ip.protocol != IPPROTO_UDP) continue;
    if (text > packet.bytes + got) continue;
    printf("%d %d %.*s\n", ntohs(udp->source), ntohs(udp->dest),
           (int)(ntohs(packet.ip.tot_len) - (text - packet.bytes)), text);
  }
}
