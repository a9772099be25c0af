/*
 * The operations that only touch files, mounts, the network and the clock. They run in workers
 * (worker.h), where a file system that hangs holds up nobody else.
 */
#ifndef FRAKTI_OPS_H
#define FRAKTI_OPS_H

#include "fields.h"

enum op {
	OP_MKDIR = 1,
	OP_MOUNT = 2,
	OP_UMOUNT = 3,
	OP_WRITE = 4,
	OP_READ = 5,
	OP_REMOVE = 6,
	OP_SYMLINK = 7,
	OP_ATTR = 8,
	OP_STATFS = 9,
	OP_USAGE = 10,
	OP_DEVICE = 11,
	OP_NETWORK = 12,
	OP_TIME = 13,
	OP_RUN = 14,
	OP_SPAWN = 15,
	OP_EXEC = 16,
	OP_SIGNAL = 17,
	OP_RESIZE = 18,
	OP_FORGET = 19,
	OP_LIST = 20,
	OP_DIAL = 21,
	OP_PIDNS = 22,
	OP_POWEROFF = 23,
	OP_BELOW = 24,
};

/** 0 or an errno; then `out` holds a text only, see build_error. */
typedef int operation(const struct fields *in, struct builder *out);

/** NULL when the operation is none of the worker's. */
operation *worker_operation(uint16_t op);

operation do_mkdir, do_write, do_read, do_remove, do_symlink, do_attr, do_statfs, do_usage;
operation do_mount, do_umount, do_network, do_time, do_below;

/** Makes a directory and its parents, as MKDIR does; 0 or an errno. */
int make_path(const char *path, mode_t mode);

#endif
