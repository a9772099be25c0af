#include "list.h"

#include "processes.h"

static void build_stream(struct builder *to, enum tag id_tag, enum tag offset_tag, uint64_t id,
			 uint64_t offset)
{
	if (id == 0)
		return;
	build_number(to, id_tag, id);
	build_number(to, offset_tag, offset);
}

int do_list(const struct fields *in, struct builder *out)
{
	(void)in;
	for (const struct process *p = process_first(); p != NULL; p = p->next) {
		if (!p->is_container)
			continue;
		build_text(out, TAG_PROCESS, p->id);
		build_number(out, TAG_PID, (uint64_t)p->pid);
		build_number(out, TAG_STATE, p->state == PROCESS_ENDED);
		if (p->state == PROCESS_ENDED) {
			build_number(out, TAG_CODE, (uint64_t)p->code);
			build_number(out, TAG_SIGNAL, (uint64_t)p->signal);
			build_number(out, TAG_OOM, p->is_oom);
			build_number(out, TAG_END_TIME, p->end_ns);
		}
	if (p->in != NULL)
			build_stream(out, TAG_STDIN, TAG_STDIN_OFFSET, p->in_id,
				     p->in->input.received);
		build_stream(out, TAG_STDOUT, TAG_STDOUT_OFFSET, p->out_id,
			     p->out != NULL ? p->out->output.start : 0);
		build_stream(out, TAG_STDERR, TAG_STDERR_OFFSET, p->err_id,
			     p->err != NULL ? p->err->output.start : 0);
	}
	return 0;
}
