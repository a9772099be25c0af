/**
 * The few operations on control group files. Groups come and go under other hands (kubelet,
 * systemd), so absence is an answer, not an error.
 */

import { isMissing, readTextIfExists, statIfExists } from "../../../lib/files.ts";

/** An effect, so that unit tests need no kernel. */
export interface CgroupFiles {
  /** undefined when there is no such file. */
  read(path: string): Promise<string | undefined>;
  /** @throws when there is no such file or the kernel refuses the value. */
  write(path: string, text: string): Promise<void>;
  isDirectory(path: string): Promise<boolean>;
  /** One level; existing is success. */
  makeDirectory(path: string): Promise<void>;
  /** Absence is "gone"; "busy" while it has processes or groups below it. */
  removeDirectory(path: string): Promise<"gone" | "busy">;
}

const maxFileBytes = 1024 * 1024;

/** The kernel's. */
export const systemCgroupFiles: CgroupFiles = {
  read: (path) => readTextIfExists(path, maxFileBytes),
  async write(path, text) {
    const file = await Deno.open(path, { write: true });
    try {
      await file.write(new TextEncoder().encode(text)); // In one piece: the kernel takes it as a whole.
    } finally {
      file.close();
    }
  },
  async isDirectory(path) {
    return (await statIfExists(path))?.isDirectory === true;
  },
  async makeDirectory(path) {
    try {
      await Deno.mkdir(path, { mode: 0o755 });
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  },
  async removeDirectory(path) {
    try {
      await Deno.remove(path);
    } catch (error) {
      if (isMissing(error)) return "gone";
      if (error instanceof Error && /os error 16\b/.test(error.message)) return "busy"; // EBUSY
      throw error;
    }
    return "gone";
  },
};
