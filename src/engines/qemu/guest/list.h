/* LIST: the containers' processes that this guest knows, for a host that has just come. */
#ifndef FRAKTI_LIST_H
#define FRAKTI_LIST_H

#include "ops.h"

operation do_list;

#endif
