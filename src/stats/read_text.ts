/**
 * Reading the small files of /proc and the control groups.
 */

import { isMissing, readTextIfExists } from "../lib/files.ts";
import type { ReadText } from "./cgroup_dirs.ts";

/** memory.stat with per-node figures is some ten KB, mountinfo of a full node about one MB. */
const maxBytes = 16 * 1024 * 1024;

/** A file's text; undefined when it, or the group or process it belongs to, is gone. */
export const systemReadText: ReadText = async (path) => {
  try {
    return await readTextIfExists(path, maxBytes);
  } catch (error) {
    if (isMissing(error) || isGone(error)) return undefined;
    throw error;
  }
};

/** A group that is removed while one of its files is open gives ENODEV, a process ESRCH. */
function isGone(error: unknown): boolean {
  return error instanceof Error && /os error (?:19|3)\b/.test(error.message);
}
