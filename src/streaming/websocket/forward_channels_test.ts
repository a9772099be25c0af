import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { ForwardChannel } from "../channels.ts";
import type { ForwardRequest } from "../requests.ts";
import { connect } from "./fake_client.ts";
import { forwardRequest, startFakeServer } from "./fake_server.ts";

function text(written: string): Uint8Array {
  return new TextEncoder().encode(written);
}

/** A port on which everything comes back; the pod ends when its client does. */
async function echo(_request: ForwardRequest, channel: ForwardChannel): Promise<void> {
  for await (const bytes of channel.incoming) await channel.write(bytes);
  await channel.end();
}

/** The two bytes that tell a port. */
function announced(port: number): readonly number[] {
  return [port % 256, Math.floor(port / 256)];
}

for (const offer of ["v4.channel.k8s.io", "v4.base64.channel.k8s.io", ""]) {
  Deno.test(`"${offer}": each port has its channels, announced by its number`, async () => {
    await using server = await startFakeServer({
      session: forwardRequest(80, 8080, 65_535),
      forward: echo,
    });
    const client = await connect(server.url, ...(offer === "" ? [] : [offer]));
    assert.equal(client.protocol, offer);
    await client.until(({ order }) => order.length === 6);
    for (const [index, port] of [80, 8080, 65_535].entries()) {
      assert.deepEqual([...client.received(2 * index)], announced(port));
      assert.deepEqual([...client.received(2 * index + 1)], announced(port));
    }
    const noise = crypto.getRandomValues(new Uint8Array(60_000));
    await client.send(2, noise);
    await client.send(4, "last");
    await client.until(() => client.received(2).length === 2 + noise.length);
    assert.deepEqual(client.received(2).subarray(2), Buffer.from(noise));
    await client.until(() => client.received(4).length === 6);
    assert.equal(client.received(0).length, 2);
    client.webSocket.close(1000);
    await server.idle();
  });
}

Deno.test("the error channels of the client and unknown channels are ignored", async () => {
  await using server = await startFakeServer({ session: forwardRequest(80), forward: echo });
  const client = await connect(server.url, "v4.channel.k8s.io");
  for (const channel of [1, 2, 3, 255]) await client.send(channel, "unasked");
  await client.send(0, "asked");
  await client.until(() => client.received(0).length === 7);
  assert.equal(client.received(1).length, 2);
  client.webSocket.close();
});

Deno.test("a port that fails says so on its error channel, and the others go on", async () => {
  await using server = await startFakeServer({
    session: forwardRequest(80, 81),
    forward: async (request, channel) => {
      if (channel.port === 81) return await echo(request, channel);
      await channel.fail("Cannot connect to port 80: nobody listens");
      await channel.fail("Once is enough");
    },
  });
  const client = await connect(server.url, "v4.channel.k8s.io");
  const message = "Cannot connect to port 80: nobody listens";
  await client.until(() => client.received(1).length > 2);
  assert.equal(client.text(1).slice(2), message);
  await client.send(0, "goes nowhere");
  await client.send(2, "works");
  await client.until(() => client.text(2).endsWith("works"));
  client.webSocket.close();
  await server.idle();
  assert.equal(client.received(0).length, 2);
});

Deno.test("when the pod ends its side the port is over, behind what the client had sent", async () => {
  const isSent = Promise.withResolvers<void>();
  let taken = "";
  await using server = await startFakeServer({
    session: forwardRequest(80),
    forward: async (_request, channel) => {
      await isSent.promise;
      await channel.write(text("bye"));
      await channel.end();
      for await (const bytes of channel.incoming) taken += new TextDecoder().decode(bytes);
    },
  });
  const client = await connect(server.url, "v4.channel.k8s.io");
  await client.send(0, "hello");
  client.webSocket.ping();
  await new Promise((resolve) => client.webSocket.once("pong", resolve));
  isSent.resolve();
  assert.equal((await client.closed).code, 1000);
  assert.equal(client.text(0).slice(2), "bye");
  assert.equal(taken, "hello");
});

Deno.test("the WebSocket is closed when every port is over, not before", async () => {
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  await using server = await startFakeServer({
    session: forwardRequest(1, 2),
    forward: (_request, { port }) => (port === 1 ? first : second).promise,
  });
  const client = await connect(server.url, "v4.channel.k8s.io");
  let isClosed = false;
  client.closed.then(() => isClosed = true);
  await client.until(({ order }) => order.length === 4);
  first.resolve();
  client.webSocket.ping();
  await new Promise((resolve) => client.webSocket.once("pong", resolve));
  assert.ok(!isClosed);
  second.resolve();
  assert.equal((await client.closed).code, 1000);
});

Deno.test("after a goodbye the pod gets everything, then the end", async () => {
  let taken = 0;
  let isGone = true;
  await using server = await startFakeServer({
    session: forwardRequest(80),
    forward: async (_request, channel) => {
      for await (const bytes of channel.incoming) taken += bytes.length;
      await channel.write(text("dropped"));
      isGone = channel.gone.aborted;
    },
  });
  const client = await connect(server.url, "v4.channel.k8s.io");
  for (let count = 0; count < 20; count++) client.send(0, new Uint8Array(100_000));
  client.webSocket.close(1000);
  await client.closed;
  await server.idle();
  assert.equal(taken, 2_000_000);
  assert.ok(!isGone);
});

Deno.test("a client that vanishes cuts every port off", async () => {
  const failed: number[] = [];
  await using server = await startFakeServer({
    session: forwardRequest(1, 2, 3),
    forward: async (request, channel) => {
      await assert.rejects(echo(request, channel));
      assert.ok(channel.gone.aborted);
      failed.push(channel.port);
    },
  });
  const client = await connect(server.url, "v4.channel.k8s.io");
  await client.until(({ order }) => order.length === 6);
  client.webSocket.terminate();
  await server.idle();
  assert.deepEqual(failed.sort(), [1, 2, 3]);
});
