/**
 * From the cgroup parent as a kubelet names it to a path in the hierarchy. Pure.
 */

import { invalidArgument } from "../../../lib/errors.ts";

const maxPathLength = 4000;

/** What systemd allows in a unit's name (systemd.unit(5)), of which "-" nests slices. */
const sliceName = /^[A-Za-z0-9:_.\\]+(?:-[A-Za-z0-9:_.\\]+)*\.slice$/;

/**
 * The path of a pod's group: "/kubepods/burstable/pod1" as it is, "kubepods-pod1.slice" in its
 * place "/kubepods.slice/kubepods-pod1.slice". "" when there is none.
 * @throws FraktiError InvalidArgument.
 */
export function parentPath(cgroupParent: string): string {
  const parts = cgroupParent.split("/").filter((part) => part !== "");
  const isPlain = cgroupParent.length <= maxPathLength && !/[\0\n]/.test(cgroupParent) &&
    !parts.some((part) => part === "." || part === "..");
  if (!isPlain) throw invalidArgument(`Cgroup parent "${cgroupParent}" is malformed`);
  const [only = ""] = parts;
  if (parts.length === 1 && only.endsWith(".slice")) return slicePath(only);
  return parts.length === 0 ? "" : `/${parts.join("/")}`;
}

function slicePath(name: string): string {
  if (name === "-.slice") return "";
  if (!sliceName.test(name)) {
    throw invalidArgument(`Cgroup parent "${name}" is no slice of systemd`);
  }
  const words = name.slice(0, -".slice".length).split("-");
  return words.map((_, index) => `/${words.slice(0, index + 1).join("-")}.slice`).join("");
}
