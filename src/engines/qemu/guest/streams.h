/*
 * Streams tied to descriptors: what a process or a connection writes goes into an output's buffer
 * and out through the port in turns; what the host sends goes into an input's buffer and on to the
 * descriptor. Who made a stream frees it.
 */
#ifndef FRAKTI_STREAMS_H
#define FRAKTI_STREAMS_H

#include "frames.h"
#include "input.h"
#include "loop.h"
#include "output.h"

enum { KEPT_CAPACITY = 131072, PASSING_CAPACITY = 65536 };

struct out_stream {
	uint64_t id;
	struct output output;
	struct source source;
	/** Lets go of a line whose rest does not come. */
	struct timer patience;
	/** The last read hit a broken connection: told by RESET, not EOF. */
	int broken;
	/** The end, or a RESET of either side, is told: nothing more will come. May be NULL. */
	void (*done)(struct out_stream *stream);
	bool is_done, is_kept;
	/** Who still writes lives on when the host gives the stream up. */
	bool has_leftovers;
	void *owner;
	struct out_stream *next;
};

struct in_stream {
	uint64_t id;
	struct input input;
	struct source source;
	/** How the end is told to the descriptor. */
	enum { END_CLOSE, END_SHUTDOWN, END_TERMINAL } end;
	void (*done)(struct in_stream *stream);
	bool is_done;
	void *owner;
	struct in_stream *next;
};

/** Both take the descriptor, which must not block. `kept`: container output, replayed. */
struct out_stream *out_stream_open(uint64_t id, int fd, bool kept, void *owner,
				   void (*done)(struct out_stream *));
void out_stream_free(struct out_stream *stream);

/** The first grant of a window is told with the next turn: queue the RESPONSE before. */
struct in_stream *in_stream_open(uint64_t id, int fd, int end, void *owner,
				 void (*done)(struct in_stream *));
void in_stream_free(struct in_stream *stream);

/** True when a stream of this id is open in that direction. */
bool out_stream_known(uint64_t id);
bool in_stream_known(uint64_t id);

/** DATA, ACK, EOF and RESET of the host. */
void streams_frame(const struct frame *frame);

/** A frame of data for the port, in turns; 0 when there is none. */
size_t streams_data(uint8_t *to);

/** A connection has ended: container streams wait until the next one asks for them. */
void streams_stop(void);

#endif
