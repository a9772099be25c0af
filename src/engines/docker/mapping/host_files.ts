/**
 * What mapping asks of the host's files: do mount sources and devices exist, where do they really
 * lie, what does a seccomp profile say. Passed in, so that unit tests need none of it.
 */

import { isMissing, readTextIfExists } from "../../../lib/files.ts";

export interface HostFiles {
  /** The path with every symlink followed; undefined when nothing is there. */
  realPath(path: string): Promise<string | undefined>;
  /** A file's text, up to `maxBytes`; undefined when there is none. */
  readText(path: string, maxBytes: number): Promise<string | undefined>;
}

/** The host itself. */
export const systemHostFiles: HostFiles = {
  async realPath(path) {
    try {
      return await Deno.realPath(path);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  },
  readText: readTextIfExists,
};
