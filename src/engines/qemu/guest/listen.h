/* For tests on a host: a unix socket in place of the virtio port, one connection after another. */
#ifndef FRAKTI_LISTEN_H
#define FRAKTI_LISTEN_H

#include "port.h"

/** 0 or an errno. Each new connection takes the place of the former. */
int listen_at(const char *path, struct port_handlers handlers);

#endif
