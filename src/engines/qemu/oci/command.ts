/**
 * What is run: the container's words and the image's, put together as Docker and Kubernetes do.
 */

import { invalidArgument } from "../../../lib/errors.ts";
import type { ContainerConfig } from "../../domain.ts";

export interface ImageCommand {
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
}

/**
 * `command` replaces the image's entrypoint and, with it, the image's arguments, which would be
 * arguments of another program; `args` alone replace the image's arguments.
 * @throws FraktiError InvalidArgument when nothing is left to run, or a word holds a zero byte.
 */
export function commandOf(
  { command, args }: Pick<ContainerConfig, "command" | "args">,
  image: ImageCommand,
): readonly string[] {
  const words = command.length > 0
    ? [...command, ...args]
    : [...image.entrypoint, ...(args.length > 0 ? args : image.cmd)];
  if (words.length === 0) {
    throw invalidArgument("Neither the container nor its image says what to run");
  }
  if (words.some((word) => word.includes("\0"))) {
    throw invalidArgument("A word of the command holds a zero byte");
  }
  return words;
}

/** Where it is run; crun makes the directory when it is missing. */
export function workingDirOf(directory: string, image: { readonly workingDir: string }): string {
  if (directory !== "" && (!directory.startsWith("/") || directory.includes("\0"))) {
    throw invalidArgument(`Working directory "${directory}" is not an absolute path`);
  }
  if (directory !== "") return directory;
  const own = image.workingDir;
  if (own.includes("\0")) throw invalidArgument("The image's working directory holds a zero byte");
  return own.startsWith("/") ? own : `/${own}`;
}
