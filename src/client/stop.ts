/**
 * `frakti stop`: stops pods, and with `--remove` removes them. For the end of a node: a kubelet
 * that runs starts its pods again.
 */

import { describe, invalidArgument } from "../lib/errors.ts";
import { findPod } from "./find.ts";
import { type ClientCommand, isOn } from "./request.ts";
import { shortId } from "./words.ts";

/** Enough to be quick, few enough not to starve the pods that still end by themselves. */
const parallel = 8;

/** PODS or `--all`; `--remove`. 1 when one of them could not be stopped. */
export const stop: ClientCommand = async ({ node, terminal }, request) => {
  const isAll = isOn(request, "all");
  if (isAll === (request.words.length > 0)) {
    throw invalidArgument('"frakti stop" needs either pods or --all');
  }
  const pods = await node.pods();
  const queue = isAll ? [...pods] : request.words.map((word) => findPod(word, pods));
  let failed = 0;
  const work = async () => {
    for (let pod = queue.shift(); pod !== undefined; pod = queue.shift()) {
      const name = `${shortId(pod.id)} (${pod.metadata?.namespace}/${pod.metadata?.name})`;
      try {
        await node.stopPod(pod.id);
        if (isOn(request, "remove")) await node.removePod(pod.id);
        terminal.out(`${isOn(request, "remove") ? "removed" : "stopped"}: ${name}\n`);
      } catch (error) {
        failed++;
        terminal.err(`frakti: Cannot stop pod ${name}: ${describe(error)}\n`);
      }
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return failed === 0 ? 0 : 1;
};
