/**
 * The pod address ranges that UpdateRuntimeConfig brings. A kubelet sends them once and not again
 * after a restart of the runtime, so they are kept in the state directory, which a reboot clears.
 */

import { describe } from "../lib/errors.ts";
import { makePrivateDir, readTextIfExists, writeFileAtomic } from "../lib/files.ts";
import type { Logger } from "../lib/log.ts";
import { parseCidr } from "./result.ts";

const maxFileBytes = 4096; // Two ranges take under 100.

/** The ranges, on disk and in memory. */
export class PodCidrs {
  #cidrs: readonly string[] = [];
  #saving: Promise<void> = Promise.resolve();

  constructor(readonly stateDir: string, readonly log: Logger) {}

  get current(): readonly string[] {
    return this.#cidrs;
  }

  async load(): Promise<void> {
    try {
      const text = await readTextIfExists(this.#path, maxFileBytes);
      if (text !== undefined) this.#cidrs = parseCidrs(text.trim());
    } catch (error) {
      this.log.warn("Cannot read the pod address ranges", { error: describe(error) });
    }
  }

  /** Takes one range, or two separated by a comma; anything else is logged and changes nothing. */
  set(text: string): void {
    if (text === "") return; // The kubelet of a node without a range says so; CNI knows its own.
    try {
      this.#cidrs = parseCidrs(text);
    } catch (error) {
      this.log.warn("Pod address range is malformed", { cidr: text, error: describe(error) });
      return;
    }
    this.log.info("Pod address range set", { cidr: text });
    this.#saving = this.#saving.then(() => this.#save(text));
  }

  /** Resolves once everything set is on disk. */
  saved(): Promise<void> {
    return this.#saving;
  }

  async #save(text: string): Promise<void> {
    try {
      await makePrivateDir(this.stateDir);
      await writeFileAtomic(this.#path, `${text}\n`);
    } catch (error) {
      this.log.warn("Cannot keep the pod address ranges", { error: describe(error) });
    }
  }

  get #path(): string {
    return `${this.stateDir}/pod-cidr`;
  }
}

/** @throws FraktiError naming the part that is no range. */
function parseCidrs(text: string): string[] {
  const parts = text.split(",").map((part) => part.trim());
  for (const part of parts) parseCidr(part, "podCidr");
  return parts;
}
