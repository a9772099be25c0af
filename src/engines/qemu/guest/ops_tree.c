/*
 * REMOVE and USAGE: walks over a tree of a container's making, so never by path (a part of it may
 * change under the walk), never into another file system, and never deeper than descriptors last:
 * USAGE leaves out what lies deeper, and says so; REMOVE brings it up.
 */
#include "ops.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAX_ENTRIES = 1000000, MAX_DEPTH = 512 };

struct walk {
	dev_t device;
	/** The tree's own directory, and how often something too deep was brought up into it. */
	int top;
	unsigned lifted;
	uint64_t bytes, entries;
	bool truncated;
	int depth;
};

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static DIR *open_dir(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (dir == NULL)
		close_fd(&fd);
	return dir;
}

/** Brings a directory up to the top; 0 or an errno. */
static int lift(int parent, const char *name, struct walk *walk)
{
	char fresh[32];
	int error;
	/* The tree may have names like these at its top: until one is free. */
	do {
		format(fresh, sizeof(fresh), "too-deep-%u", walk->lifted++);
		error = syscall(SYS_renameat2, parent, name, walk->top, fresh, RENAME_NOREPLACE) < 0
				? errno
				: 0;
	} while (error == EEXIST);
	return error;
}

/** Empties a directory, which it closes, but for what was brought up into it; 0 or an errno. */
static int empty(DIR *dir, struct walk *walk)
{
	int error = 0;
	struct dirent *entry;
	walk->depth++;
	while (error == 0 && (errno = 0, entry = readdir(dir)) != NULL) {
		struct stat info;
		if (is_dots(entry->d_name))
			continue;
		if (fstatat(dirfd(dir), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) < 0) {
			error = errno == ENOENT ? 0 : errno;
			continue;
		}
		bool is_dir = S_ISDIR(info.st_mode);
		if (is_dir && info.st_dev != walk->device) {
			error = EXDEV;
			continue;
		}
		if (is_dir && walk->depth >= MAX_DEPTH) {
			error = lift(dirfd(dir), entry->d_name, walk);
			continue;
		}
		if (is_dir) {
			DIR *inner = open_dir(dirfd(dir), entry->d_name);
			error = inner == NULL ? errno : empty(inner, walk);
		}
		if (error == 0 && unlinkat(dirfd(dir), entry->d_name, is_dir ? AT_REMOVEDIR : 0) < 0)
			error = errno == ENOENT ? 0 : errno;
	}
	if (error == 0)
		error = errno;
	walk->depth--;
	closedir(dir);
	return error;
}

int do_remove(const struct fields *in, struct builder *out)
{
	const char *path = field_text(in, TAG_PATH);
	struct stat info;
	if (path == NULL)
		return build_error(out, EINVAL, "Cannot remove without a path");
	if (lstat(path, &info) < 0)
		return errno == ENOENT ? 0 : build_error(out, errno, "Cannot look at '%s'", path);
	int error = 0;
	if (S_ISDIR(info.st_mode) && field_number(in, TAG_RECURSIVE, 0) != 0) {
		struct walk walk = {.device = info.st_dev};
		unsigned before;
		do {
			DIR *dir = open_dir(AT_FDCWD, path);
			before = walk.lifted;
			walk.top = dir == NULL ? -1 : dirfd(dir);
			error = dir == NULL ? errno : empty(dir, &walk);
		} while (error == 0 && walk.lifted != before);
	}
	if (error == 0 && remove(path) < 0 && errno != ENOENT)
		error = errno;
	return error == 0 ? 0 : build_error(out, error, "Cannot remove '%s'", path);
}

static void count(struct walk *walk, const struct stat *info)
{
	/* A file with several names takes its room once: each name counts for its part. */
	nlink_t names = S_ISDIR(info->st_mode) || info->st_nlink == 0 ? 1 : info->st_nlink;
	walk->bytes += (uint64_t)info->st_blocks * 512 / names;
	walk->entries++;
}

static void measure(DIR *dir, struct walk *walk)
{
	struct dirent *entry;
	walk->depth++;
	while (walk->entries < MAX_ENTRIES && (entry = readdir(dir)) != NULL) {
		struct stat info;
		if (is_dots(entry->d_name) ||
		    fstatat(dirfd(dir), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) < 0 ||
		    info.st_dev != walk->device)
			continue;
		count(walk, &info);
		if (!S_ISDIR(info.st_mode))
			continue;
		DIR *inner = walk->depth < MAX_DEPTH ? open_dir(dirfd(dir), entry->d_name) : NULL;
		if (inner != NULL)
			measure(inner, walk);
		else
			walk->truncated = true;
	}
	if (walk->entries >= MAX_ENTRIES)
		walk->truncated = true;
	walk->depth--;
	closedir(dir);
}

int do_usage(const struct fields *in, struct builder *out)
{
	const char *path = field_text(in, TAG_PATH);
	struct stat info;
	if (path == NULL)
		return build_error(out, EINVAL, "Cannot measure without a path");
	if (lstat(path, &info) < 0)
		return build_error(out, errno, "Cannot measure '%s'", path);
	struct walk walk = {.device = info.st_dev};
	count(&walk, &info);
	DIR *dir = S_ISDIR(info.st_mode) ? open_dir(AT_FDCWD, path) : NULL;
	if (dir != NULL)
		measure(dir, &walk);
	build_number(out, TAG_USED, walk.bytes);
	build_number(out, TAG_USED_INODES, walk.entries);
	if (walk.truncated)
		build_number(out, TAG_TRUNCATED, 1);
	return 0;
}
