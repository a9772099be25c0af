import assert from "node:assert/strict";
import { waitFor } from "../support/mod.ts";
import type { ContainerEventResponse } from "../../src/cri/generated/v1/node.ts";
import {
  createContainer,
  exitOf,
  notReady,
  ready,
  removePod,
  runPod,
  shellContainer,
  startContainer,
  startNode,
  stopNow,
} from "./support.ts";

const node = await startNode();
Deno.test.afterAll(() => node[Symbol.asyncDispose]());

const kinds = ["created", "started", "stopped", "deleted"];

/** Collects events until it is stopped. */
function listen() {
  const events: ContainerEventResponse[] = [];
  const stop = new AbortController();
  const stream = node.cri.runtime.getContainerEvents({}, {
    signal: stop.signal,
    timeoutMs: 600_000,
  });
  const ended = (async () => {
    for await (const event of stream) events.push(event);
  })().then(() => "ended", (error: { code?: number }) => `failed ${error.code}`);
  return {
    events,
    ended,
    stop: () => stop.abort(),
    story: (names: ReadonlyMap<string, string>) =>
      events.map((event) =>
        `${names.get(event.containerId)} ${kinds[event.containerEventType] ?? "?"}`
      ),
    count: (count: number) => waitFor(`${count} events`, {}, () => events.length >= count),
  };
}

/** The stream has no first message: it is known to be open once it has shown something. */
async function listening() {
  const listener = listen();
  await waitFor("the stream shows events", { timeoutMs: 60_000 }, async () => {
    const probe = await runPod(node, "probe");
    await removePod(node, probe);
    const last = () => {
      const event = listener.events.at(-1);
      return event?.containerId === probe.id && kinds[event.containerEventType] === "deleted";
    };
    return await waitFor("the probe's end", { timeoutMs: 5_000 }, last).catch(() => false);
  });
  listener.events.length = 0;
  return listener;
}

Deno.test("a pod's life is told from its creation to its removal, in order", async () => {
  const listener = await listening();
  const pod = await runPod(node, "told", { labels: { app: "told" } });
  const id = await createContainer(node, pod, shellContainer("main", "sleep 10000"));
  await node.cri.runtime.startContainer({ containerId: id });
  const short = await startContainer(node, pod, shellContainer("short", "exit 3"));
  await exitOf(node, short);
  await stopNow(node, id);
  await node.cri.runtime.removeContainer({ containerId: id });
  await removePod(node, pod);
  await listener.count(12);
  const story = listener.story(new Map([[pod.id, "pod"], [id, "main"], [short, "short"]]));
  assert.deepEqual(story, [
    "pod created",
    "pod started",
    "main created",
    "main started",
    "short created",
    "short started",
    "short stopped",
    "main stopped",
    "main deleted",
    "pod stopped",
    "short deleted",
    "pod deleted",
  ]);
  const times = listener.events.map(({ createdAt }) => createdAt);
  assert.deepEqual(times, times.toSorted((a, b) => a < b ? -1 : a > b ? 1 : 0));
  for (const event of listener.events) {
    assert.equal(event.podSandboxStatus?.id, pod.id);
    assert.equal(event.podSandboxStatus?.metadata?.name, "told");
    assert.equal(event.podSandboxStatus?.labels.get("app"), "told");
  }
  const [, started] = listener.events;
  assert.equal(started?.podSandboxStatus?.state, ready);
  assert.equal(listener.events.at(-1)?.podSandboxStatus?.state, notReady);
  const stopped = listener.events[6];
  const status = stopped?.containersStatuses.find(({ id }) => id === short);
  assert.equal(status?.exitCode, 3);
  listener.stop();
  await listener.ended;
});

Deno.test("what happens in Docker behind frakti's back is told as well", async () => {
  const listener = await listening();
  const pod = await runPod(node, "behind");
  const id = await startContainer(node, pod, shellContainer("main", "sleep 10000"));
  await node.dockerd.docker(["kill", id]);
  await node.dockerd.docker(["kill", pod.id]);
  await listener.count(6);
  const story = listener.story(new Map([[pod.id, "pod"], [id, "main"]]));
  assert.deepEqual(story.slice(4).toSorted(), ["main stopped", "pod stopped"]);
  listener.stop();
  await removePod(node, pod);
});

Deno.test("two readers get the same events, and one that leaves does not disturb the other", async () => {
  const first = await listening();
  const second = await listening();
  await waitFor(
    "the first has seen the second's probes",
    {},
    () => first.events.at(-1)?.containerEventType === 3,
  );
  first.events.length = 0;
  const pod = await runPod(node, "both");
  await first.count(2);
  await second.count(2);
  first.stop();
  await first.ended;
  await removePod(node, pod);
  await second.count(4);
  const names = new Map([[pod.id, "pod"]]);
  assert.deepEqual(first.story(names).slice(0, 2), ["pod created", "pod started"]);
  assert.deepEqual(second.story(names), [
    "pod created",
    "pod started",
    "pod stopped",
    "pod deleted",
  ]);
  second.stop();
});

Deno.test("the stream ends when frakti does, and frakti does not wait for it", async () => {
  const listener = await listening();
  await node.frakti.shutDown();
  const end = await listener.ended;
  assert.match(end, /ended|failed 14/);
  await node.frakti.start();
  node.reconnect();
});
