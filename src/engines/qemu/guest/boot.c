#include "boot.h"

#include "children.h"
#include "modules.h"
#include "ops.h"
#include "sealed.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PORT_LIMIT_MS = 20000 };

static const char port_name[] = "frakti.agent";
static const char share_tag[] = "share";

static void put(const char *type, const char *target, unsigned long flags, const char *data)
{
	int error = make_path(target, 0755);
	if (error == 0 && mount(type, target, type, flags, data) < 0)
		error = errno;
	/* The kernel may have put a devtmpfs there itself. */
	if (error != 0 && error != EBUSY)
		say("Cannot mount %s on '%s': %s", type, target, strerror(error));
}

/**
 * The initial root cannot be left by pivot_root, which crun needs: a mount of the same files upon
 * it can, and costs no memory.
 */
static void leave_first_root(void)
{
	if (mkdir("/root", 0700) < 0 && errno != EEXIST)
		say("Cannot make the root's mount point: %s", strerror(errno));
	if (mount("/", "/root", NULL, MS_BIND, NULL) < 0 || chdir("/root") < 0 ||
	    mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0 || chdir("/") < 0)
		say("Cannot leave the first root: %s", strerror(errno));
}

static void mount_all(void)
{
	const unsigned long quiet = MS_NOSUID | MS_NODEV | MS_NOEXEC;
	leave_first_root();
	put("devtmpfs", "/dev", MS_NOSUID, "mode=0755");
	/* Standard ones first: none of the agent's own may take their numbers. */
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", O_RDWR);
	say_fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	put("proc", "/proc", quiet, NULL);
	put("sysfs", "/sys", quiet, NULL);
	put("devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "gid=5,mode=620,ptmxmode=666");
	/* What the agent and crun keep; nothing that a container writes to lies on it. */
	put("tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=0755,size=64m");
	put("tmpfs", "/tmp", MS_NOSUID | MS_NODEV, "mode=1777");
	put("cgroup2", "/sys/fs/cgroup", quiet, NULL);
}

/** A group with processes cannot hand controllers to its children: the agent gets its own. */
static void make_groups(void)
{
	char controllers[256], enable[512] = "";
	const char *group = "/sys/fs/cgroup/agent/cgroup.procs";
	if (mkdir("/sys/fs/cgroup/agent", 0755) < 0 || write_text(group, "1") < 0)
		say("Cannot make the agent's group: %s", strerror(errno));
	if (read_text("/sys/fs/cgroup/cgroup.controllers", controllers, sizeof(controllers)) < 0)
		return;
	for (char *name = strtok(controllers, " "); name != NULL; name = strtok(NULL, " ")) {
		size_t length = strlen(enable);
		format(enable + length, sizeof(enable) - length, "+%s ", name);
	}
	if (write_text("/sys/fs/cgroup/cgroup.subtree_control", enable) < 0)
		say("Cannot enable the controllers '%s': %s", enable, strerror(errno));
}

static bool has_share(void)
{
	const char *devices = "/sys/bus/virtio/drivers/9pnet_virtio";
	bool found = false;
	DIR *dir = opendir(devices);
	struct dirent *entry;
	while (dir != NULL && !found && (entry = readdir(dir)) != NULL) {
		char path[512], tag[64];
		/* The tag ends without a newline, and may end with a NUL. */
		found = strncmp(entry->d_name, "virtio", 6) == 0 &&
			format(path, sizeof(path), "%s/%s/mount_tag", devices, entry->d_name) &&
			read_text(path, tag, sizeof(tag)) > 0 && strcmp(tag, share_tag) == 0;
	}
	if (dir != NULL)
		closedir(dir);
	return found;
}

static void mount_share(void)
{
	const char *target = "/run/frakti/share";
	const char *options = "trans=virtio,version=9p2000.L,msize=524288,cache=mmap,access=any";
	make_path(target, 0755);
	if (has_share() && mount(share_tag, target, "9p", MS_NODEV | MS_NOSUID, options) < 0)
		say("Cannot mount the share: %s", strerror(errno));
}

static void raise_loopback(void)
{
	static const struct fields none;
	uint8_t bytes[512];
	struct builder out = {.bytes = bytes, .capacity = sizeof(bytes)};
	int error = do_network(&none, &out);
	if (error != 0)
		say("Cannot raise the loopback: %s", strerror(error));
}

void boot(void)
{
	const struct rlimit files = {.rlim_cur = 65536, .rlim_max = 1048576};
	umask(022);
	mount_all();
	make_groups();
	set_oom_score("-1000");
	setrlimit(RLIMIT_NOFILE, &files);
	modules_load("/modules/order");
	seal_crun("/bin/crun");
	make_path("/run/frakti", 0700);
	raise_loopback();
	mount_share();
}

/** The device of the port with our name. */
static bool find_port(char *path, size_t size)
{
	const char *ports = "/sys/class/virtio-ports";
	bool found = false;
	DIR *dir = opendir(ports);
	struct dirent *entry;
	while (dir != NULL && !found && (entry = readdir(dir)) != NULL) {
		char name_path[512], name[64];
		found = format(name_path, sizeof(name_path), "%s/%s/name", ports, entry->d_name) &&
			read_text(name_path, name, sizeof(name)) > 0 &&
			strcmp(name, port_name) == 0 && format(path, size, "/dev/%s", entry->d_name);
	}
	if (dir != NULL)
		closedir(dir);
	return found;
}

int boot_open_port(void)
{
	char path[512];
	uint64_t end = now_ms() + PORT_LIMIT_MS;
	do {
		if (find_port(path, sizeof(path))) {
			int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
			if (fd >= 0)
				return fd;
		}
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	} while (now_ms() < end);
	say("Cannot find the port '%s'", port_name);
	return -1;
}
