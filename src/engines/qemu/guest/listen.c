#include "listen.h"

#include "console.h"
#include "loop.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static struct source listener;
static struct port_handlers port_handlers;

static void accept_one(struct source *source, uint32_t events)
{
	(void)events;
	int fd = accept4(source->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd >= 0)
		port_open(fd, port_handlers);
}

int listen_at(const char *path, struct port_handlers handlers)
{
	port_handlers = handlers;
	int fd = console_listen(path);
	if (fd < 0) {
		int error = errno;
		say("Cannot listen at '%s': %s", path, strerror(error));
		return error;
	}
	source_open(&listener, fd, EPOLLIN, accept_one, NULL);
	return 0;
}
