/* The kernel's modules, where the kernel has any: those for boot, and those it asks for later. */
#ifndef FRAKTI_MODULES_H
#define FRAKTI_MODULES_H

/** Loads what a list names, in its order, and removes each file, which takes memory. */
void modules_load(const char *list);

/**
 * What runs as /sbin/modprobe: the kernel asks for a module by name or alias, one argument each,
 * after options. The exit code.
 */
int modules_ask(int count, char **arguments);

#endif
