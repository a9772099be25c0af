/**
 * The environment of a container's first process. crun's configuration is JSON, which holds text,
 * so a value that is not UTF-8 is refused (docs/decisions/0106-environment-of-vm-containers.md).
 */

import { invalidArgument } from "../../../lib/errors.ts";
import type { EnvVar } from "../../domain.ts";

const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export interface EnvFacts {
  /** "NAME=value" of the image. */
  readonly image: readonly string[];
  readonly hostname: string;
  readonly home: string;
  readonly tty: boolean;
}

/**
 * Defaults, then the image's variables, then the container's: the later wins, each name comes
 * once. Values never show in errors: they may be secrets.
 * @throws FraktiError InvalidArgument for a name that cannot be set or a value that cannot be sent.
 */
export function environmentOf(envs: readonly EnvVar[], facts: EnvFacts): readonly string[] {
  const values = new Map<string, string>([
    ["PATH", defaultPath],
    ["HOSTNAME", facts.hostname],
    ["HOME", facts.home],
    ...(facts.tty ? [["TERM", "xterm"] as const] : []),
  ]);
  for (const entry of facts.image) {
    const at = entry.indexOf("=");
    // A name without a value sets nothing, and nothing can be told of one that ends early.
    if (at > 0 && !entry.includes("\0")) values.set(entry.slice(0, at), entry.slice(at + 1));
  }
  for (const { key, value } of envs) values.set(checkedName(key), textOf(key, value));
  return [...values].map(([name, value]) => `${name}=${value}`);
}

/** The environment of an exec: the container's, and a terminal's type where it has one. */
export function execEnvironment(container: readonly string[], tty: boolean): readonly string[] {
  const hasTerm = container.some((entry) => entry.startsWith("TERM="));
  return tty && !hasTerm ? [...container, "TERM=xterm"] : container;
}

function checkedName(key: string): string {
  if (key === "" || key.includes("=") || key.includes("\0")) {
    throw invalidArgument(`Environment variable "${key}" has a name that cannot be set`);
  }
  return key;
}

function textOf(key: string, value: Uint8Array): string {
  if (value.includes(0)) throw invalidArgument(`Environment variable "${key}" holds a zero byte`);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value);
  } catch (error) {
    throw invalidArgument(
      `Environment variable "${key}" is not UTF-8, which a container in a VM cannot take`,
      error,
    );
  }
}
