/*
 * What processes still write to that were left behind by a command which has ended: it is read and
 * dropped here, so that they neither wait for a reader nor die of one that has gone.
 */
#ifndef FRAKTI_LEFTOVERS_H
#define FRAKTI_LEFTOVERS_H

/** Takes the reading end, which must not block, until the last writer has closed the other one. */
void leftover_add(int fd);

#endif
