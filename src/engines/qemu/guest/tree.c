#include "tree.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_TREE = 8192, PASSES = 4 };

struct entry {
	pid_t pid, parent, session;
	bool is_member;
};

static bool read_entry(pid_t pid, struct entry *entry)
{
	char path[64], text[512];
	int parent, group, session;
	entry->pid = pid;
	if (!format(path, sizeof(path), "/proc/%d/stat", (int)entry->pid) ||
	    read_text(path, text, sizeof(text)) < 0)
		return false;
	/* The name in parentheses may hold anything, also a ")". */
	const char *rest = strrchr(text, ')');
	if (rest == NULL || sscanf(rest + 1, " %*c %d %d %d", &parent, &group, &session) != 3)
		return false;
	entry->parent = parent;
	entry->session = session;
	entry->is_member = false;
	return true;
}

static size_t list_processes(struct entry *list)
{
	size_t count = 0;
	DIR *proc = opendir("/proc");
	struct dirent *item;
	while (proc != NULL && count < MAX_TREE && (item = readdir(proc)) != NULL)
		if (item->d_name[0] >= '1' && item->d_name[0] <= '9' &&
		    read_entry((pid_t)atoi(item->d_name), &list[count]))
			count++;
	if (proc != NULL)
		closedir(proc);
	return count;
}

/** Marks what is to be signalled; the number of members. */
static size_t mark(struct entry *list, size_t count, pid_t root, pid_t session)
{
	size_t members = 0;
	pid_t own = 0;
	for (size_t i = 0; i < count; i++) {
		/* Only a session that it began: never the agent's. */
		if (list[i].pid == root && list[i].session == root)
			own = root;
	}
	for (bool again = true; again;) {
		again = false;
		for (size_t i = 0; i < count; i++) {
			bool belongs = list[i].pid == root ||
				       (own != 0 && list[i].session == own) ||
				       (session > 1 && list[i].session == session);
			for (size_t k = 0; !belongs && k < count; k++)
				belongs = list[k].is_member && list[k].pid == list[i].parent;
			if (belongs && !list[i].is_member) {
				list[i].is_member = true;
				members++;
				again = true;
			}
		}
	}
	return members;
}

void kill_tree(pid_t root, pid_t session, int number)
{
	struct entry *list = must_alloc(MAX_TREE * sizeof(*list));
	size_t before = 0;
	/* One that is being forked meanwhile is missed by a pass: until a pass finds no new one. */
	for (int pass = 0; pass < PASSES; pass++) {
		size_t count = list_processes(list);
		size_t members = mark(list, count, root, session);
		for (size_t i = 0; i < count; i++)
			if (list[i].is_member && list[i].pid != getpid())
				kill(list[i].pid, number);
		if (number != SIGKILL || members <= before)
			break;
		before = members;
	}
	free(list);
}

pid_t session_of(pid_t pid)
{
	struct entry entry;
	return read_entry(pid, &entry) ? entry.session : 0;
}
