/*
 * Programs as sealed files in memory, crun above all. crun copies itself into one at every start and executes the copy,
 * so that no container can write to its binary (CVE-2019-5736); it leaves that out when what runs is
 * sealed already. One copy for all starts also keeps what emulation has translated of it.
 */
#ifndef FRAKTI_SEALED_H
#define FRAKTI_SEALED_H

#include <stdbool.h>
#include <sys/types.h>

/** A copy of a program in memory that nobody can write to; -1 with errno. */
int sealed_copy(const char *path, const char *name, mode_t mode);

/** Takes the program at `path` over; it is removed there. What fails is said, and crun stays. */
void seal_crun(const char *path);

/** In a child: false when `name` is not the sealed program's; true, with errno, when it did not start. */
bool execute_sealed(const char *name, char *const *arguments, char *const *environment);

#endif
