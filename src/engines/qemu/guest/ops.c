#include "ops.h"

#include "hello.h"

#include <errno.h>

int do_time(const struct fields *in, struct builder *out)
{
	int error = clock_follow(field_number(in, TAG_TYPE, 0));
	return error == 0 ? 0 : build_error(out, error, "Cannot set the clock");
}

operation *worker_operation(uint16_t op)
{
	static operation *const table[] = {
		[OP_MKDIR] = do_mkdir,	 [OP_MOUNT] = do_mount,	    [OP_UMOUNT] = do_umount,
		[OP_WRITE] = do_write,	 [OP_READ] = do_read,	    [OP_REMOVE] = do_remove,
		[OP_SYMLINK] = do_symlink, [OP_ATTR] = do_attr,	    [OP_STATFS] = do_statfs,
		[OP_USAGE] = do_usage,	 [OP_NETWORK] = do_network, [OP_TIME] = do_time,
		[OP_BELOW] = do_below,
	};
	return op < ARRAY_SIZE(table) ? table[op] : NULL;
}
