/**
 * The cgroup under which a pod's containers live.
 */

import { invalidArgument } from "../../../lib/errors.ts";
import { type DaemonFacts, ignore } from "./facts.ts";

const slice = /^[A-Za-z0-9:_.\\-]{1,250}\.slice$/;
const path = /^\/?[^\0\n]{1,4000}$/;

/**
 * Docker's `CgroupParent`: the path as it is for the cgroupfs driver, the name of the innermost
 * slice for systemd, which knows where that lies.
 */
export function cgroupParentField(
  parent: string,
  facts: DaemonFacts,
): { readonly CgroupParent?: string } {
  if (parent === "") return {};
  if (!path.test(parent) || parent.split("/").includes("..")) {
    throw invalidArgument(`Cgroup parent "${parent}" is malformed`);
  }
  switch (facts.info.cgroupDriver) {
    case "systemd": {
      const name = parent.replace(/\/+$/, "").split("/").at(-1) ?? "";
      if (!slice.test(name)) {
        throw invalidArgument(`Cgroup parent "${parent}" is no slice, and Docker uses systemd`);
      }
      return { CgroupParent: name };
    }
    case "none":
      ignore(facts, "linux.cgroup_parent", "Docker runs without cgroups");
      return {};
    default:
      return { CgroupParent: parent };
  }
}
