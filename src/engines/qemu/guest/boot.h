/* What PID 1 does before it listens: file systems, modules, groups, protection, the share. */
#ifndef FRAKTI_BOOT_H
#define FRAKTI_BOOT_H

/** Never fails: what cannot be had is told in the kernel's log and missed later. */
void boot(void);

/** Opens the port of the host; waits for it up to a limit. -1 when there is none. */
int boot_open_port(void);

#endif
