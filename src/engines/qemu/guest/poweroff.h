/* POWEROFF: ends all processes, writes all disks out, and ends the machine. */
#ifndef FRAKTI_POWEROFF_H
#define FRAKTI_POWEROFF_H

void power_off(void) __attribute__((noreturn));

#endif
