/* MKDIR, WRITE, READ, SYMLINK, ATTR, STATFS. */
#include "ops.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { READ_EACH = 32768, READ_ALL = 61440, READ_PATHS = 32 };

int make_path(const char *path, mode_t mode)
{
	char part[PATH_MAX];
	if (!format(part, sizeof(part), "%s", path))
		return ENAMETOOLONG;
	for (char *at = part + 1; *at != '\0'; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			return errno;
		*at = '/';
	}
	if (mkdir(part, mode) == 0)
		return chmod(part, mode) < 0 ? errno : 0; /* The umask is not asked. */
	if (errno != EEXIST)
		return errno;
	struct stat info;
	if (stat(part, &info) < 0)
		return errno;
	return S_ISDIR(info.st_mode) ? 0 : ENOTDIR;
}

int do_mkdir(const struct fields *in, struct builder *out)
{
	const char *path = field_text(in, TAG_PATH);
	if (path == NULL)
		return build_error(out, EINVAL, "Cannot make a directory without a path");
	int error = make_path(path, (mode_t)field_number(in, TAG_MODE, 0755) & 07777);
	return error == 0 ? 0 : build_error(out, error, "Cannot make directory '%s'", path);
}

int do_write(const struct fields *in, struct builder *out)
{
	const char *path = field_text(in, TAG_PATH);
	const struct field *content = field_of(in, TAG_CONTENT);
	const struct field *mode = field_of(in, TAG_MODE);
	if (path == NULL)
		return build_error(out, EINVAL, "Cannot write a file without a path");
	bool append = field_number(in, TAG_APPEND, 0) != 0;
	int fd = open(path,
		      O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | (append ? O_APPEND : O_TRUNC),
		      0644);
	if (fd < 0)
		return build_error(out, errno, "Cannot open '%s' to write", path);
	int error = 0;
	if (mode != NULL && fchmod(fd, (mode_t)field_number(in, TAG_MODE, 0644) & 07777) < 0)
		error = errno;
	size_t size = content == NULL ? 0 : content->size;
	for (size_t done = 0; error == 0 && done < size;) {
		ssize_t put = write(fd, content->bytes + done, size - done);
		if (put < 0 && errno != EINTR)
			error = errno;
		else if (put > 0)
			done += (size_t)put;
	}
	if (close(fd) < 0 && error == 0)
		error = errno;
	return error == 0 ? 0 : build_error(out, error, "Cannot write '%s'", path);
}

/** The first READ_EACH bytes; -1 with errno. */
static ssize_t read_file(const char *path, char *to, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -1;
	size_t length = 0;
	while (length < size) {
		ssize_t got = read(fd, to + length, size - length);
		if (got < 0 && errno == EINTR)
			continue;
		/* /dev/kmsg ends thus, or with a record that is larger than the room left. */
		if (got == 0 || (got < 0 && length > 0))
			break;
		if (got < 0) {
			close_fd(&fd);
			return -1;
		}
		length += (size_t)got;
	}
	close_fd(&fd);
	return (ssize_t)length;
}

int do_read(const struct fields *in, struct builder *out)
{
	static char content[READ_EACH];
	size_t all = 0, paths = 0;
	for (size_t i = 0; i < in->count; i++) {
		const struct field *field = &in->list[i];
		if (field->tag != TAG_PATH || field->size == 0)
			continue;
		if (++paths > READ_PATHS)
			return build_error(out, E2BIG, "Cannot read more than %d files", READ_PATHS);
		size_t room = READ_ALL - all < READ_EACH ? READ_ALL - all : READ_EACH;
		ssize_t got = read_file(field->bytes, content, room);
		/* A process or a cgroup that has just gone is as one that is not there. */
		if (got < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ESRCH ||
				errno == ENODEV))
			continue;
		if (got < 0)
			return build_error(out, errno, "Cannot read '%s'", field->bytes);
		all += (size_t)got;
		build_bytes(out, TAG_PATH, field->bytes, field->size);
		build_bytes(out, TAG_CONTENT, content, (size_t)got);
	}
	return 0;
}

int do_symlink(const struct fields *in, struct builder *out)
{
	const char *target = field_text(in, TAG_PATH), *link = field_text(in, TAG_LINK);
	if (target == NULL || link == NULL)
		return build_error(out, EINVAL, "Cannot make a symbolic link without both paths");
	if (symlink(target, link) == 0)
		return 0;
	char present[PATH_MAX];
	int error = errno;
	ssize_t length = error == EEXIST ? readlink(link, present, sizeof(present) - 1) : -1;
	if (length >= 0) {
		present[length] = '\0';
		if (strcmp(present, target) == 0)
			return 0;
	}
	return build_error(out, error, "Cannot make symbolic link '%s'", link);
}

int do_attr(const struct fields *in, struct builder *out)
{
	const char *path = field_text(in, TAG_PATH);
	const uint64_t unset = UINT64_MAX;
	if (path == NULL)
		return build_error(out, EINVAL, "Cannot change attributes without a path");
	uint64_t mode = field_number(in, TAG_MODE, unset);
	uid_t uid = (uid_t)field_number(in, TAG_UID, (uid_t)-1);
	gid_t gid = (gid_t)field_number(in, TAG_GID, (gid_t)-1);
	/* The owner first: changing it clears set-id bits. */
	if ((uid != (uid_t)-1 || gid != (gid_t)-1) && chown(path, uid, gid) < 0)
		return build_error(out, errno, "Cannot change the owner of '%s'", path);
	if (mode != unset && chmod(path, (mode_t)mode & 07777) < 0)
		return build_error(out, errno, "Cannot change the mode of '%s'", path);
	return 0;
}

int do_statfs(const struct fields *in, struct builder *out)
{
	const char *path = field_text(in, TAG_PATH);
	struct statvfs info;
	if (path == NULL)
		return build_error(out, EINVAL, "Cannot measure a file system without a path");
	if (statvfs(path, &info) < 0)
		return build_error(out, errno, "Cannot measure the file system of '%s'", path);
	build_number(out, TAG_SIZE, (uint64_t)info.f_blocks * info.f_frsize);
	build_number(out, TAG_FREE, (uint64_t)info.f_bavail * info.f_frsize);
	build_number(out, TAG_INODES, info.f_files);
	build_number(out, TAG_FREE_INODES, info.f_favail);
	return 0;
}
