/* MOUNT and UMOUNT. */
#include "ops.h"

#include <errno.h>
#include <sys/mount.h>

int do_mount(const struct fields *in, struct builder *out)
{
	const char *source = field_text(in, TAG_PATH), *target = field_text(in, TAG_MODE);
	const char *type = field_text(in, TAG_TYPE), *data = field_text(in, TAG_DATA);
	unsigned long flags = (unsigned long)field_number(in, TAG_FLAGS, 0);
	if (target == NULL)
		return build_error(out, EINVAL, "Cannot mount without a target");
	if (mount(source == NULL ? "none" : source, target, type, flags, data) < 0)
		return build_error(out, errno, "Cannot mount '%s' (%s) on '%s'",
				   source == NULL ? "none" : source, type == NULL ? "-" : type,
				   target);
	/* The kernel takes MS_RDONLY of a bind mount only in a second call. */
	const unsigned long bound = MS_BIND | MS_RDONLY;
	if ((flags & bound) == bound && !(flags & MS_REMOUNT) &&
	    mount(NULL, target, NULL, flags | MS_REMOUNT, NULL) < 0) {
		int error = errno;
		umount2(target, MNT_DETACH);
		return build_error(out, error, "Cannot make '%s' read-only", target);
	}
	return 0;
}

int do_umount(const struct fields *in, struct builder *out)
{
	const char *path = field_text(in, TAG_PATH);
	if (path == NULL)
		return build_error(out, EINVAL, "Cannot unmount without a path");
	/* EINVAL: nothing is mounted there. */
	if (umount2(path, (int)field_number(in, TAG_FLAGS, 0)) < 0 && errno != EINVAL &&
	    errno != ENOENT)
		return build_error(out, errno, "Cannot unmount '%s'", path);
	return 0;
}
