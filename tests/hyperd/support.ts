/** What tests of the hyperd engine share: an engine on a double, and what a node has of its pods. */

import assert from "node:assert/strict";
import { openHyperd } from "../engine_contract/hyperd_subject.ts";
import type { HyperdSubjectOptions, HyperdUnderTest } from "../engine_contract/hyperd_subject.ts";
import { doubleOf } from "../engine_contract/hyperd_subject.ts";
import { run } from "../support/command.ts";
import { waitFor } from "../support/wait.ts";
import type { HyperdDouble } from "./double/mod.ts";

/** Runs a test with an engine and a double of its own. */
export function hyperdTest(
  name: string,
  body: (subject: HyperdUnderTest, double: HyperdDouble) => Promise<void>,
  options: HyperdSubjectOptions = {},
): void {
  Deno.test({
    name,
    // The engine does its own work meanwhile, and leaves the rest of a cancelled call to gRPC.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const subject = await openHyperd(options);
      try {
        await body(subject, doubleOf(subject));
      } finally {
        await subject.end();
      }
    },
  });
}

/** Links of the node that belong to pods of this engine. */
export async function podLinks(): Promise<string[]> {
  const text = await run("ip", ["-json", "link", "show"]);
  const links: readonly { readonly ifname: string }[] = JSON.parse(text);
  return links.map(({ ifname }) => ifname).filter((name) => name.startsWith("fk")).sort();
}

/** Namespaces of the node that belong to pods. */
export async function podNamespaces(): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir("/run/netns")) names.push(name);
  return names.filter((name) => name.startsWith("frakti-"));
}

/** Nothing of any pod is left on the node, in hyperd or in the records. */
export async function nothingIsLeft(subject: HyperdUnderTest): Promise<void> {
  const { engine, network, directory } = subject;
  const double = doubleOf(subject);
  assert.deepEqual(engine.sandboxes(), []);
  assert.deepEqual(engine.containers(), []);
  assert.deepEqual([...double.state.pods.keys()], []);
  assert.equal(double.state.leaked.filter(({ guest }) => guest?.isRunning).length, 0);
  assert.deepEqual(await podLinks(), []);
  assert.deepEqual(await podNamespaces(), []);
  assert.deepEqual(await network.leases(), []);
  for (const dir of ["sandboxes", "containers", "pods"]) {
    assert.deepEqual(await Array.fromAsync(Deno.readDir(`${directory}/${dir}`)), [], dir);
  }
}

/** Waits until the engine says that hyperd is there, or that it is not. */
export async function untilReady({ engine }: HyperdUnderTest, ready: boolean): Promise<void> {
  const what = `hyperd is ${ready ? "ready" : "away"}`;
  await waitFor(what, { timeoutMs: 30_000 }, () => engine.health().ready === ready);
}
