/*
 * BELOW: a directory in a volume whose content is a container's making. Every step of the way may be
 * a link, or become one meanwhile, so the kernel itself keeps the way inside (openat2(2)), and what
 * was opened is what is bound.
 */
#include "ops.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { RETRIES = 16 };

struct attributes {
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

/** A descriptor that only names what it leads to; -1 with errno, EXDEV when the way leads out. */
static int open_below(int root, const char *path, uint64_t flags)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC | flags,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	int fd = -1;
	/* EAGAIN: a container renamed something while the kernel went past it. */
	for (int tries = 0; tries < RETRIES; tries++) {
		fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	return fd;
}

/** Makes one directory in `parent` and opens it; -1 with errno. */
static int make_one(int parent, const char *name, const struct attributes *with)
{
	if (mkdirat(parent, name, 0700) < 0)
		return -1;
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	/* The owner first: changing it clears set-id bits. */
	if (fd >= 0 && (fchown(fd, with->uid, with->gid) < 0 || fchmod(fd, with->mode) < 0))
		close_fd(&fd);
	return fd;
}

/** Makes what is missing of the way to `path`; 0 or an errno. */
static int make_below(int root, const char *path, const struct attributes *with)
{
	char part[PATH_MAX];
	if (!format(part, sizeof(part), "%s", path))
		return ENAMETOOLONG;
	int parent = open_below(root, ".", O_DIRECTORY), error = parent < 0 ? errno : 0;
	const char *name = part;
	for (char *at = part; error == 0 && name != NULL; at++) {
		if (*at != '/' && *at != '\0')
			continue;
		char end = *at;
		*at = '\0';
		int fd = open_below(root, part, O_DIRECTORY);
		if (fd < 0 && errno == ENOENT)
			fd = make_one(parent, name, with);
		error = fd < 0 ? errno : 0;
		close_fd(&parent);
		parent = fd;
		*at = end;
		name = end == '\0' ? NULL : at + 1;
	}
	close_fd(&parent);
	return error;
}

/** An empty mount point of the same kind; 0 or an errno. */
static int make_like(int fd, const char *target)
{
	struct stat info;
	if (fstat(fd, &info) < 0)
		return errno;
	if (S_ISDIR(info.st_mode))
		return make_path(target, 0755);
	char parent[PATH_MAX];
	const char *name = strrchr(target, '/');
	if (name == NULL || !format(parent, sizeof(parent), "%.*s", (int)(name - target), target))
		return EINVAL;
	int error = make_path(parent, 0755);
	int made = error != 0 ? -1 : open(target, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (error == 0 && made < 0)
		error = errno;
	close_fd(&made);
	return error;
}

static int bind_to(int fd, const char *target)
{
	char source[64];
	int error = make_like(fd, target);
	snprintf(source, sizeof(source), "/proc/self/fd/%d", fd);
	if (error == 0 && mount(source, target, NULL, MS_BIND | MS_REC, NULL) < 0)
		error = errno;
	return error;
}

int do_below(const struct fields *in, struct builder *out)
{
	const char *root = field_text(in, TAG_PATH), *path = field_text(in, TAG_LINK);
	const char *target = field_text(in, TAG_DATA);
	const struct attributes with = {
		.mode = (mode_t)field_number(in, TAG_MODE, 0755) & 07777,
		.uid = (uid_t)field_number(in, TAG_UID, 0),
		.gid = (gid_t)field_number(in, TAG_GID, 0),
	};
	if (root == NULL || path == NULL || *path == '\0')
		return build_error(out, EINVAL, "Cannot go below without both paths");
	int top = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (top < 0)
		return build_error(out, errno, "Cannot open '%s'", root);
	int fd = open_below(top, path, 0), error = fd < 0 ? errno : 0;
	if (error == ENOENT) {
		error = make_below(top, path, &with);
		fd = error == 0 ? open_below(top, path, 0) : -1;
		if (error == 0 && fd < 0)
			error = errno;
	}
	if (error == 0 && target != NULL)
		error = bind_to(fd, target);
	close_fd(&fd);
	close_fd(&top);
	return error == 0 ? 0 : build_error(out, error, "Cannot reach '%s' below '%s'", path, root);
}
