/**
 * What tests of the hyperd engine share: an engine on a double, and what a node has of its pods. With
 * a real hyperd at hand the tests that need no double run on that one.
 */

import assert from "node:assert/strict";
import { HyperdClient } from "../../src/engines/hyperd/mod.ts";
import { doubleOf, openHyperd, realHyperd } from "../engine_contract/hyperd_subject.ts";
import type { HyperdSubjectOptions, HyperdUnderTest } from "../engine_contract/hyperd_subject.ts";
import { run } from "../support/command.ts";
import { waitFor } from "../support/wait.ts";
import type { HyperdDouble } from "./double/mod.ts";

type Body = (subject: HyperdUnderTest, double: HyperdDouble) => Promise<void>;

/** A body that does not ask for the double can do without. */
type BodyAlone = (subject: HyperdUnderTest) => Promise<void>;

/** Runs a test with an engine and a double of its own, or on the real hyperd. */
export function hyperdTest(name: string, body: Body, options: HyperdSubjectOptions = {}): void {
  Deno.test({
    name,
    ignore: realHyperd !== undefined && body.length > 1,
    // The engine does its own work meanwhile, and leaves the rest of a cancelled call to gRPC.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const real = realHyperd === undefined ? {} : { endpoint: realHyperd };
      const subject = await openHyperd({ ...options, ...real });
      try {
        if (body.length < 2) await (body as BodyAlone)(subject);
        else await body(subject, doubleOf(subject));
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
  const { engine, network, directory, double } = subject;
  assert.deepEqual(engine.sandboxes(), []);
  assert.deepEqual(engine.containers(), []);
  assert.deepEqual(await podsInHyperd(subject), []);
  assert.equal(double?.state.leaked.filter(({ guest }) => guest?.isRunning).length ?? 0, 0);
  assert.deepEqual(await podLinks(), []);
  assert.deepEqual(await podNamespaces(), []);
  assert.deepEqual(await network.leases(), []);
  for (const dir of ["sandboxes", "containers", "pods"]) {
    assert.deepEqual(await Array.fromAsync(Deno.readDir(`${directory}/${dir}`)), [], dir);
  }
}

async function podsInHyperd({ double }: HyperdUnderTest): Promise<string[]> {
  const client = new HyperdClient({ endpoint: double?.endpoint ?? realHyperd ?? "" });
  try {
    const { podList } = await client.call("podList", { podID: "", vmID: "" });
    return podList.map(({ podID }) => podID);
  } finally {
    client.close();
  }
}

/** Waits until the engine says that hyperd is there, or that it is not. */
export async function untilReady({ engine }: HyperdUnderTest, ready: boolean): Promise<void> {
  const what = `hyperd is ${ready ? "ready" : "away"}`;
  await waitFor(what, { timeoutMs: 30_000 }, () => engine.health().ready === ready);
}
