/**
 * The environment of a container's processes. crun's configuration is JSON, which holds text: values
 * that are not UTF-8 go into a file of their own, and a launcher that the guest puts before the
 * command sets them (docs/decisions/0106-environment-of-vm-containers.md).
 */

import { Buffer } from "node:buffer";
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
 * once. Only what is text; {@linkcode otherEnvironmentOf} is the rest.
 * @throws FraktiError InvalidArgument for a name or value that no process can have.
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
  for (const variable of envs) {
    const text = textOf(checked(variable).value);
    if (text === undefined) values.delete(variable.key);
    else values.set(variable.key, text);
  }
  return [...values].map(([name, value]) => `${name}=${value}`);
}

/** "NAME=value" in bytes, each ended by a zero; undefined when all values are text. */
export function otherEnvironmentOf(envs: readonly EnvVar[]): Uint8Array | undefined {
  const values = new Map(envs.map((variable) => [variable.key, checked(variable).value]));
  const parts: Uint8Array[] = [];
  for (const [name, value] of values) {
    if (textOf(value) !== undefined) continue;
    parts.push(new TextEncoder().encode(`${name}=`), value, Uint8Array.of(0));
  }
  return parts.length === 0 ? undefined : Buffer.concat(parts);
}

/**
 * The words that crun executes where there are such values: the launcher, as the guest hands it to
 * what crun makes (guest/environment.h), and the command for it.
 */
export function launched(command: readonly string[]): readonly string[] {
  return ["/proc/self/fd/3", ...command];
}

/** The environment of an exec: the container's, and a terminal's type where it has one. */
export function execEnvironment(container: readonly string[], tty: boolean): readonly string[] {
  const hasTerm = container.some((entry) => entry.startsWith("TERM="));
  return tty && !hasTerm ? [...container, "TERM=xterm"] : container;
}

/** Values never show in errors: they may be secrets. */
function checked(variable: EnvVar): EnvVar {
  const { key, value } = variable;
  if (key === "" || key.includes("=") || key.includes("\0")) {
    throw invalidArgument(`Environment variable "${key}" has a name that cannot be set`);
  }
  if (value.includes(0)) throw invalidArgument(`Environment variable "${key}" holds a zero byte`);
  return variable;
}

function textOf(value: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    return undefined;
  }
}
