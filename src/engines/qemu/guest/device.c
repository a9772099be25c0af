#include "device.h"

#include "loop.h"
#include "port.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEFAULT_LIMIT_MS = 10000, LOOK_EVERY_MS = 5, SCAN_AFTER_MS = 200 };

/** A request that waits. */
struct wait {
	uint64_t request, target;
	uint32_t generation;
	bool until_gone;
	uint64_t end_ms, scan_ms;
	struct timer timer;
};

/** The number of the virtio SCSI host; -1 when there is none. */
static int scsi_host(void)
{
	int found = -1;
	DIR *dir = opendir("/sys/class/scsi_host");
	struct dirent *entry;
	while (dir != NULL && found < 0 && (entry = readdir(dir)) != NULL) {
		char path[320], name[64];
		if (strncmp(entry->d_name, "host", 4) == 0 &&
		    format(path, sizeof(path), "/sys/class/scsi_host/%s/proc_name",
			   entry->d_name) &&
		    read_text(path, name, sizeof(name)) > 0 && strcmp(name, "virtio_scsi") == 0)
			found = atoi(entry->d_name + 4);
	}
	if (dir != NULL)
		closedir(dir);
	return found;
}

static void device_dir(const struct wait *wait, int host, char *path, size_t size)
{
	format(path, size, "/sys/bus/scsi/devices/%d:0:%llu:0", host,
	       (unsigned long long)wait->target);
}

/** The kernel makes the node a moment before the disk behind it can be opened (ENXIO). */
static bool opens(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return false;
	close(fd);
	return true;
}

/** The path of the block device, with its node ready; false when it is not yet. */
static bool block_device(const struct wait *wait, int host, char *to, size_t size)
{
	char path[128];
	bool found = false;
	struct dirent *entry;
	device_dir(wait, host, path, sizeof(path) - 8);
	strcat(path, "/block");
	DIR *dir = opendir(path);
	while (dir != NULL && !found && (entry = readdir(dir)) != NULL) {
		struct stat info;
		found = entry->d_name[0] != '.' && format(to, size, "/dev/%s", entry->d_name) &&
			stat(to, &info) == 0 && S_ISBLK(info.st_mode) && opens(to);
	}
	if (dir != NULL)
		closedir(dir);
	return found;
}

/**
 * The event of a plugged disk may have been dropped, or the disk was there before the driver, which
 * does not look by itself (scsi_mod.scan=manual). In a child: it waits for the disk's answers.
 */
static void scan(const struct wait *wait, int host)
{
	char path[64], target[64];
	format(path, sizeof(path), "/sys/class/scsi_host/host%d/scan", host);
	format(target, sizeof(target), "0 %llu 0", (unsigned long long)wait->target);
	if (fork() != 0)
		return;
	prctl(PR_SET_NAME, "frakti-scan");
	_exit(write_text(path, target) < 0);
}

static void finish(struct wait *wait, int error, const char *path)
{
	uint8_t bytes[256];
	struct builder fields = {.bytes = bytes, .capacity = sizeof(bytes)};
	if (error != 0)
		build_error(&fields, error, "Cannot see disk %llu %s",
			    (unsigned long long)wait->target, wait->until_gone ? "go" : "come");
	else if (path != NULL)
		build_text(&fields, TAG_PATH, path);
	if (wait->generation == port_generation())
		port_send_fields(FRAME_RESPONSE, wait->request, (uint16_t)error, &fields);
	timer_clear(&wait->timer);
	free(wait);
}

static void look(struct timer *timer)
{
	struct wait *wait = timer->owner;
	char path[128];
	struct stat info;
	int host = scsi_host();
	uint64_t now = now_ms();
	if (host < 0) {
		finish(wait, ENODEV, NULL);
		return;
	}
	if (wait->until_gone) {
		device_dir(wait, host, path, sizeof(path));
		if (stat(path, &info) < 0) {
			finish(wait, 0, NULL);
			return;
		}
	} else {
		if (block_device(wait, host, path, sizeof(path))) {
			finish(wait, 0, path);
			return;
		}
		if (now >= wait->scan_ms) {
			scan(wait, host);
			wait->scan_ms = now + SCAN_AFTER_MS;
		}
	}
	if (now >= wait->end_ms || wait->generation != port_generation()) {
		finish(wait, ETIMEDOUT, NULL);
		return;
	}
	timer_set(timer, LOOK_EVERY_MS, look, wait);
}

void do_device(uint64_t id, const struct fields *in)
{
	struct wait *wait = must_alloc(sizeof(*wait));
	uint64_t now = now_ms();
	*wait = (struct wait){
		.request = id,
		.target = field_number(in, TAG_SCSI_TARGET, 0),
		.generation = port_generation(),
		.until_gone = field_number(in, TAG_GONE, 0) != 0,
		.end_ms = now + field_number(in, TAG_TIMEOUT, DEFAULT_LIMIT_MS),
		.scan_ms = now,
	};
	timer_set(&wait->timer, 0, look, wait);
}
