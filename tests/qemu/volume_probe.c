/*
 * What programs expect of a local file system and a share of the node does not give: run in a
 * directory, it prints one line for each thing that works, and fails at the first that does not.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void need(int works, const char *what)
{
	if (!works) {
		fprintf(stderr, "%s: %s\n", what, strerror(errno));
		exit(1);
	}
}

static void end_child(pid_t child, const char *what)
{
	int status = 1;
	need(waitpid(child, &status, 0) == child, "waitpid");
	errno = 0;
	need(status == 0, what);
	puts(what);
}

static void try_socket(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	need(bind(listener, (void *)&address, sizeof(address)) == 0, "bind");
	need(listen(listener, 1) == 0, "listen");
	pid_t child = fork();
	if (child == 0) {
		int fd = socket(AF_UNIX, SOCK_STREAM, 0);
		need(connect(fd, (void *)&address, sizeof(address)) == 0, "connect");
		_exit(write(fd, "x", 1) != 1);
	}
	char byte = 0;
	int fd = accept(listener, NULL, NULL);
	need(read(fd, &byte, 1) == 1 && byte == 'x', "read from a socket");
	end_child(child, "socket");
}

static void try_fifo(void)
{
	need(mkfifo("fifo", 0600) == 0, "mkfifo");
	pid_t child = fork();
	if (child == 0) {
		int fd = open("fifo", O_WRONLY);
		_exit(write(fd, "x", 1) != 1);
	}
	char byte = 0;
	int fd = open("fifo", O_RDONLY);
	need(read(fd, &byte, 1) == 1, "read from a FIFO");
	end_child(child, "fifo");
}

/** A second open file must not get a lock that a first one holds. */
static void try_locks(void)
{
	int one = open("lock", O_RDWR | O_CREAT, 0600), two = open("lock", O_RDWR);
	need(one >= 0 && two >= 0, "open a lock");
	need(flock(one, LOCK_EX | LOCK_NB) == 0, "flock");
	need(flock(two, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK, "flock against flock");
	puts("flock");
	struct flock record = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
	need(fcntl(one, F_SETLK, &record) == 0, "fcntl");
	pid_t child = fork();
	if (child == 0)
		_exit(!(fcntl(two, F_SETLK, &record) < 0 && errno == EAGAIN));
	end_child(child, "record locks");
}

/** As sqlite shares the index of its write-ahead log. */
static void try_memory(void)
{
	int fd = open("memory", O_RDWR | O_CREAT, 0600);
	need(ftruncate(fd, 32768) == 0, "ftruncate");
	char *ours = mmap(NULL, 32768, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	need(ours != MAP_FAILED, "mmap");
	pid_t child = fork();
	if (child == 0) {
		int other = open("memory", O_RDWR);
		char *theirs = mmap(NULL, 32768, PROT_READ | PROT_WRITE, MAP_SHARED, other, 0);
		need(theirs != MAP_FAILED, "mmap");
		theirs[4096] = 'x';
		_exit(0);
	}
	end_child(child, "shared memory");
	char byte = 0;
	need(ours[4096] == 'x' && pread(fd, &byte, 1, 4096) == 1 && byte == 'x', "mapped bytes");
}

static void try_rest(void)
{
	int fd = open("space", O_RDWR | O_CREAT, 0600);
	need(fallocate(fd, 0, 0, 65536) == 0, "fallocate");
	puts("fallocate");
	need(open(".", O_TMPFILE | O_RDWR, 0600) >= 0, "O_TMPFILE");
	puts("nameless file");
	need(link("space", "name") == 0 && rename("name", "other") == 0, "link");
	need(symlink("space", "link") == 0, "symlink");
	puts("links");
}

int main(void)
{
	alarm(60);
	setvbuf(stdout, NULL, _IOLBF, 0);
	try_socket();
	try_fifo();
	try_locks();
	try_memory();
	try_rest();
	return 0;
}
