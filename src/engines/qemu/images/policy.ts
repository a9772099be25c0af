/**
 * The signature policy that pulls go by: the node's own where it has one (containers-policy.json(5)),
 * else one that takes what the registry gives, as Docker does.
 */

import { statIfExists } from "../../../lib/files.ts";
import type { WorkDir } from "./work_dir.ts";

const nodePolicy = "/etc/containers/policy.json";

/** The file to go by. */
export async function policyFile(work: WorkDir, ofNode = nodePolicy): Promise<string> {
  if ((await statIfExists(ofNode))?.isFile === true) return ofNode;
  return await work.write("policy.json", '{"default":[{"type":"insecureAcceptAnything"}]}');
}
