/* The terminal of a process, as crun hands it over: through a socket in the file system. */
#ifndef FRAKTI_CONSOLE_H
#define FRAKTI_CONSOLE_H

#include "common.h"

/** Listens at `path`; a descriptor that does not block, or -1 with errno. */
int console_listen(const char *path);

/** Takes the descriptor that was sent there; -1 with errno when none was. Closes nothing. */
int console_take(int listener);

/** The other side of such a terminal, as nobody's controlling terminal; -1 with errno. */
int console_peer(int terminal);

#endif
