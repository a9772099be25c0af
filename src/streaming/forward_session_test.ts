import assert from "node:assert/strict";
import type { PodConnection } from "../engines/domain.ts";
import { sandboxId } from "../engines/ids.ts";
import { FraktiError } from "../lib/errors.ts";
import { FakeClock } from "../lib/fake_clock.ts";
import { silentLogger } from "../lib/log.ts";
import { OutputPipe } from "../lib/output_pipe.ts";
import type { ForwardChannel } from "./channels.ts";
import { runForward } from "./forward_session.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Both ends of a forwarded connection, as the test plays them. */
class Scene {
  readonly fromPod = new OutputPipe();
  readonly fromClient = new OutputPipe();
  readonly clock = new FakeClock();
  readonly closing = new AbortController();
  readonly gone = new AbortController();
  readonly dialing = Promise.withResolvers<PodConnection>();
  /** What reached either side, in order. */
  readonly events: string[] = [];
  podReadsNoMore = false;

  readonly connection: PodConnection = {
    readable: this.fromPod.readable,
    writable: new WritableStream({
      write: (chunk) => {
        if (this.podReadsNoMore) throw new Error("Broken pipe");
        this.events.push(`pod got ${decoder.decode(chunk)}`);
      },
      close: () => {
        this.events.push("pod sees the end");
      },
    }),
    close: () => {
      this.events.push("connection closed");
      this.fromPod.close();
    },
  };

  readonly channel: ForwardChannel = {
    port: 80,
    incoming: this.fromClient.readable,
    gone: this.gone.signal,
    write: async (bytes) => {
      this.events.push(`client got ${decoder.decode(bytes)}`);
    },
    end: async () => {
      this.events.push("client sees the end");
    },
    fail: async (message) => {
      this.events.push(`cut: ${message}`);
    },
    close: async () => {
      this.events.push("closed");
    },
  };

  run(): Promise<void> {
    const { clock, closing } = this;
    const target = { dial: () => this.dialing.promise };
    return runForward(
      { target, clock, log: silentLogger, closing: closing.signal },
      { kind: "portforward", sandboxId: sandboxId("pod"), ports: [] },
      this.channel,
    );
  }
}

Deno.test("bytes go both ways, and each way ends apart", async () => {
  const scene = new Scene();
  const over = scene.run();
  scene.dialing.resolve(scene.connection);
  await scene.fromClient.write(encoder.encode("question"));
  scene.fromClient.close();
  await scene.clock.advance(0);
  assert.deepEqual(scene.events, ["pod got question", "pod sees the end"]);
  await scene.fromPod.write(encoder.encode("answer"));
  scene.fromPod.close();
  await over;
  assert.deepEqual(scene.events.slice(2), [
    "client got answer",
    "client sees the end",
    "closed",
    "connection closed",
  ]);
  assert.equal(scene.clock.pending, 0);
});

Deno.test("a pod that ends its side first still gets what the client sends", async () => {
  const scene = new Scene();
  const over = scene.run();
  scene.dialing.resolve(scene.connection);
  scene.fromPod.close();
  await scene.clock.advance(60_000);
  assert.deepEqual(scene.events, ["client sees the end"]);
  await scene.fromClient.write(encoder.encode("late"));
  scene.fromClient.close();
  await over;
  assert.deepEqual(scene.events.slice(1), [
    "pod got late",
    "pod sees the end",
    "closed",
    "connection closed",
  ]);
});

Deno.test("a pod that takes no connection is told with the port, the pod and the reason", async () => {
  const scene = new Scene();
  scene.dialing.reject(new FraktiError("Unavailable", "Connection refused"));
  await scene.run();
  assert.deepEqual(scene.events, [
    "cut: error forwarding port 80 to pod pod: Connection refused",
  ]);
});

Deno.test("a pod that does not answer is given up", async () => {
  const scene = new Scene();
  const over = scene.run();
  await scene.clock.advance(30_000);
  await over;
  assert.match(scene.events[0] ?? "", /Nobody answered within 30 s/);
  scene.dialing.resolve(scene.connection);
  await scene.clock.advance(0);
  assert.deepEqual(scene.events.slice(1), ["connection closed"]);
});

Deno.test("a connection that the pod breaks is cut without a word", async () => {
  const scene = new Scene();
  const over = scene.run();
  scene.dialing.resolve(scene.connection);
  await scene.clock.advance(0);
  scene.fromPod.fail(new Error("Connection reset by peer"));
  await over;
  assert.deepEqual(scene.events, ["cut: ", "connection closed"]);
});

Deno.test("a pod that reads no more may still answer", async () => {
  const scene = new Scene();
  const over = scene.run();
  scene.dialing.resolve(scene.connection);
  scene.podReadsNoMore = true;
  await scene.fromClient.write(encoder.encode("nobody reads"));
  await scene.clock.advance(0);
  await scene.fromPod.write(encoder.encode("answer"));
  scene.fromPod.close();
  await over;
  assert.deepEqual(scene.events, [
    "client got answer",
    "client sees the end",
    "closed",
    "connection closed",
  ]);
});

Deno.test("a client that vanishes closes the connection, also one that is still dialled", async () => {
  for (const isDialling of [false, true]) {
    const scene = new Scene();
    const over = scene.run();
    if (!isDialling) scene.dialing.resolve(scene.connection);
    await scene.clock.advance(0);
    scene.gone.abort(new Error("gone"));
    await over;
    scene.dialing.resolve(scene.connection);
    await scene.clock.advance(0);
    assert.ok(scene.events.includes("connection closed"));
    assert.equal(scene.clock.pending, 0);
  }
});

Deno.test("the server's end cuts connections", async () => {
  const scene = new Scene();
  const over = scene.run();
  scene.dialing.resolve(scene.connection);
  await scene.clock.advance(0);
  scene.closing.abort();
  await over;
  assert.deepEqual(scene.events, ["cut: ", "connection closed"]);
});
