#include "dial.h"

#include "port.h"
#include "streams.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum { LIMIT_MS = 5000 };

struct dial {
	uint64_t request, stream;
	uint16_t port;
	bool tried_v6;
	/** The error over IPv4, which says more than that of the address tried for lack of it. */
	int first_error;
	struct source socket;
	struct timer limit;
	struct in_stream *in;
	struct out_stream *out;
	struct dial *next;
};

static struct dial *dials;

static void free_dial(struct dial *dial)
{
	for (struct dial **at = &dials; *at != NULL; at = &(*at)->next) {
		if (*at == dial) {
			*at = dial->next;
			break;
		}
	}
	timer_clear(&dial->limit);
	source_close(&dial->socket);
	in_stream_free(dial->in);
	out_stream_free(dial->out);
	free(dial);
}

static void refuse(struct dial *dial, int error)
{
	char text[128];
	format(text, sizeof(text), "Cannot connect to port %u: %s", dial->port, strerror(error));
	port_answer(port_generation(), dial->request, error, text);
	free_dial(dial);
}

static void in_done(struct in_stream *stream)
{
	struct dial *dial = stream->owner;
	if (dial->out == NULL || dial->out->is_done)
		free_dial(dial);
}

static void out_done(struct out_stream *stream)
{
	struct dial *dial = stream->owner;
	/* A broken connection takes no more either. */
	if (dial->in == NULL || dial->in->is_done || stream->broken != 0)
		free_dial(dial);
}

static void connected(struct dial *dial)
{
	int fd = dial->socket.fd;
	int other = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (other < 0) {
		refuse(dial, errno);
		return;
	}
	source_want(&dial->socket, 0);
	dial->socket.fd = -1;
	timer_clear(&dial->limit);
	port_answer(port_generation(), dial->request, 0, NULL);
	dial->out = out_stream_open(dial->stream, fd, false, dial, out_done);
	dial->in = in_stream_open(dial->stream, other, END_SHUTDOWN, dial, in_done);
}

static void attempt(struct dial *dial);

static void failed(struct dial *dial, int error)
{
	source_close(&dial->socket);
	if (dial->tried_v6) {
		refuse(dial, dial->first_error);
		return;
	}
	dial->first_error = error;
	dial->tried_v6 = true;
	attempt(dial);
}

static void ready(struct source *source, uint32_t events)
{
	struct dial *dial = source->owner;
	int error = 0;
	socklen_t size = sizeof(error);
	(void)events;
	if (getsockopt(source->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		error = errno;
	if (error == 0)
		connected(dial);
	else
		failed(dial, error);
}

static void attempt(struct dial *dial)
{
	struct sockaddr_in v4 = {
		.sin_family = AF_INET,
		.sin_port = htons(dial->port),
		.sin_addr = {htonl(INADDR_LOOPBACK)},
	};
	struct sockaddr_in6 v6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(dial->port),
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};
	int family = dial->tried_v6 ? AF_INET6 : AF_INET;
	const struct sockaddr *address = dial->tried_v6 ? (void *)&v6 : (void *)&v4;
	socklen_t size = dial->tried_v6 ? sizeof(v6) : sizeof(v4);
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		failed(dial, errno);
		return;
	}
	source_open(&dial->socket, fd, 0, ready, dial);
	if (connect(fd, address, size) == 0)
		connected(dial);
	else if (errno == EINPROGRESS)
		source_want(&dial->socket, EPOLLOUT);
	else
		failed(dial, errno);
}

static void too_late(struct timer *timer)
{
	refuse(timer->owner, ETIMEDOUT);
}

void do_dial(uint64_t id, const struct fields *in)
{
	uint64_t port = field_number(in, TAG_PORT, 0), stream = field_number(in, TAG_STDOUT, 0);
	if (port == 0 || port > 65535 || stream == 0 || out_stream_known(stream) ||
	    in_stream_known(stream)) {
		port_answer(port_generation(), id, EINVAL, "Cannot dial this port or stream");
		return;
	}
	struct dial *dial = must_alloc(sizeof(*dial));
	*dial = (struct dial){
		.request = id,
		.stream = stream,
		.port = (uint16_t)port,
		.socket = {.fd = -1},
		.next = dials,
	};
	dials = dial;
	timer_set(&dial->limit, LIMIT_MS, too_late, dial);
	attempt(dial);
}

void dials_stop(void)
{
	while (dials != NULL)
		free_dial(dials);
}
