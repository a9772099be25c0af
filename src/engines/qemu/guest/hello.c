#include "hello.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

enum { SEED_SIZE = 32, BOOT_ID_SIZE = 16 };

bool clock_is_ours;

int clock_follow(uint64_t host_time_ns)
{
	const uint64_t tolerance_ns = 100000000u;
	uint64_t now = now_real_ns();
	uint64_t apart = now > host_time_ns ? now - host_time_ns : host_time_ns - now;
	if (apart <= tolerance_ns || !clock_is_ours)
		return 0;
	struct timespec time = {
		.tv_sec = (time_t)(host_time_ns / 1000000000u),
		.tv_nsec = (long)(host_time_ns % 1000000000u),
	};
	return clock_settime(CLOCK_REALTIME, &time) < 0 ? errno : 0;
}

static void feed_random(const char *seed)
{
	struct {
		struct rand_pool_info info;
		uint32_t words[SEED_SIZE / 4];
	} pool = {.info = {.entropy_count = SEED_SIZE * 8, .buf_size = SEED_SIZE}};
	memcpy(pool.words, seed, SEED_SIZE);
	int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, RNDADDENTROPY, &pool) < 0 || ioctl(fd, RNDRESEEDCRNG) < 0)
		say("Cannot feed the random pool: %s", strerror(errno));
	close_fd(&fd);
}

void hello_take_time(const struct fields *fields)
{
	uint64_t time = field_number(fields, TAG_TYPE, 0);
	if (time != 0)
		clock_follow(time);
}

void hello_take(const struct fields *fields)
{
	const struct field *seed = field_of(fields, TAG_FLAGS);
	hello_take_time(fields);
	if (seed != NULL && seed->size == SEED_SIZE && clock_is_ours)
		feed_random(seed->bytes);
}

static void boot_id(uint8_t *id)
{
	char text[64];
	size_t count = 0;
	int high = -1;
	memset(id, 0, BOOT_ID_SIZE);
	if (read_text("/proc/sys/kernel/random/boot_id", text, sizeof(text)) < 0)
		return;
	for (const char *at = text; *at != '\0' && count < BOOT_ID_SIZE; at++) {
		int digit = *at >= '0' && *at <= '9'   ? *at - '0'
			    : *at >= 'a' && *at <= 'f' ? *at - 'a' + 10
						       : -1;
		if (digit < 0)
			continue;
		if (high < 0) {
			high = digit;
		} else {
			id[count++] = (uint8_t)(high << 4 | digit);
			high = -1;
		}
	}
}

void hello_answer(struct builder *to, const uint8_t *nonce, size_t nonce_size)
{
	uint8_t id[BOOT_ID_SIZE];
	struct sysinfo info = {0};
	struct utsname name = {0};
	boot_id(id);
	sysinfo(&info);
	uname(&name);
	build_number(to, TAG_PATH, PROTOCOL_VERSION);
	build_bytes(to, TAG_MODE, nonce, nonce_size);
	build_bytes(to, TAG_DATA, id, sizeof(id));
	build_number(to, TAG_CONTENT, (uint64_t)info.totalram * info.mem_unit);
	build_text(to, TAG_APPEND, AGENT_VERSION);
	build_text(to, TAG_RECURSIVE, name.release);
}
