import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { CommandChannels, TerminalSize } from "../channels.ts";
import type { CommandRequest } from "../requests.ts";
import type { CommandOutcome } from "../status.ts";
import { connect } from "./fake_client.ts";
import { execRequest, startFakeServer } from "./fake_server.ts";
import { supportedNames } from "./subprotocols.ts";

const success: CommandOutcome = { kind: "success" };

/** A command that ends after `work`. */
function command(work: (channels: CommandChannels) => Promise<CommandOutcome>) {
  return async (_request: CommandRequest, channels: CommandChannels) => {
    await channels.finish(await work(channels));
    await channels.close();
  };
}

/** As `cat`. */
const cat = command(async ({ stdin, stdout }) => {
  assert.ok(stdin !== undefined && stdout !== undefined);
  for await (const bytes of stdin) await stdout.write(bytes);
  return success;
});

/** Random bytes, also those that are no UTF-8. */
function noise(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let start = 0; start < length; start += 65_536) {
    crypto.getRandomValues(bytes.subarray(start, start + 65_536));
  }
  return bytes;
}

function text(written: string): Uint8Array {
  return new TextEncoder().encode(written);
}

for (const offer of supportedNames("exec")) {
  Deno.test(`${offer}: bytes come back unchanged and the status says success`, async () => {
    const input = noise(300_000);
    await using server = await startFakeServer({
      session: execRequest,
      command: command(async ({ stdin, stdout }) => {
        let left = input.length;
        for await (const bytes of stdin ?? []) {
          left -= bytes.length;
          await stdout?.write(bytes);
          if (left === 0) break;
        }
        return success;
      }),
    });
    const client = await connect(server.url, offer);
    assert.equal(client.protocol, offer);
    for (let start = 0; start < input.length; start += 70_000) {
      await client.send(0, input.subarray(start, start + 70_000));
    }
    assert.equal((await client.closed).code, 1000);
    assert.deepEqual(client.received(1), Buffer.from(input));
    const isJson = /^v[45]/.test(offer);
    assert.equal(client.text(3), isJson ? '{"metadata":{},"status":"Success"}' : "");
  });
}

Deno.test("without an offered subprotocol the session is the oldest one", async () => {
  await using server = await startFakeServer({
    session: { ...execRequest, stdin: false },
    command: command(async ({ stdin, stderr }) => {
      assert.equal(stdin, undefined);
      await stderr?.write(text("oops"));
      return { kind: "failed", message: "It did not work" };
    }),
  });
  const client = await connect(server.url);
  assert.equal(client.protocol, "");
  await client.closed;
  assert.equal(client.text(2), "oops");
  assert.match(client.text(3), /^[^{].*It did not work$/);
});

Deno.test("version 5 ends stdin by its close signal, and what comes later is ignored", async () => {
  await using server = await startFakeServer({ session: execRequest, command: cat });
  const client = await connect(server.url, "v5.channel.k8s.io");
  await client.send(0, "to the end");
  client.webSocket.send(Uint8Array.of(255, 0));
  client.webSocket.send(Uint8Array.of(255, 0));
  await client.send(0, "too late").catch(() => {}); // It may be closed by then.
  assert.equal((await client.closed).code, 1000);
  assert.equal(client.text(1), "to the end");
});

Deno.test("the first message is an empty one on the first channel that the client reads", async () => {
  const cases: readonly (readonly [Partial<CommandRequest>, number])[] = [
    [{}, 1],
    [{ stdout: false }, 2],
    [{ stdout: false, stderr: false }, 3],
  ];
  for (const [streams, channel] of cases) {
    const session = { ...execRequest, ...streams } as CommandRequest;
    await using server = await startFakeServer({
      session,
      command: command(async ({ stdin, stdout, stderr }) => {
        assert.equal(stdout === undefined, !session.stdout);
        assert.equal(stderr === undefined, !session.stderr);
        for await (const _ of stdin ?? []) return success;
        return success;
      }),
    });
    const client = await connect(server.url, "v4.base64.channel.k8s.io");
    await client.until(({ order }) => order.length > 0);
    assert.deepEqual(client.order, [channel]);
    assert.equal(client.received(channel).length, 0);
    await client.send(0, "x");
    await client.closed;
  }
});

Deno.test("the status comes behind all output, and tells the exit code", async () => {
  await using server = await startFakeServer({
    session: execRequest,
    command: command(async ({ stdout, stderr }) => {
      for (let round = 0; round < 50; round++) await stdout?.write(noise(50_000));
      await stderr?.write(text("end"));
      return { kind: "exited", exitCode: 7 };
    }),
  });
  const client = await connect(server.url, "v5.channel.k8s.io");
  await client.closed;
  assert.equal(client.received(1).length, 50 * 50_000);
  assert.equal(client.order.at(-1), 3);
  const status = JSON.parse(client.text(3));
  assert.equal(status.reason, "NonZeroExitCode");
  assert.deepEqual(status.details.causes, [{ reason: "ExitCode", message: "7" }]);
});

Deno.test("large output is cut into messages of a moderate size", async () => {
  await using server = await startFakeServer({
    session: execRequest,
    command: command(async ({ stdout }) => {
      await stdout?.write(noise(1_000_000));
      return success;
    }),
  });
  const client = await connect(server.url, "v4.channel.k8s.io");
  await client.closed;
  assert.equal(client.received(1).length, 1_000_000);
  assert.equal(client.largestBytes, 32 * 1024 + 1);
});

Deno.test("text is taken for its bytes in the binary subprotocols too", async () => {
  await using server = await startFakeServer({ session: execRequest, command: cat });
  const client = await connect(server.url, "v5.channel.k8s.io");
  client.webSocket.send("\u0000größer");
  client.webSocket.send(Uint8Array.of(255, 0));
  await client.closed;
  assert.equal(client.text(1), "größer");
});

Deno.test("sizes of the terminal reach the session, the newest if it is slow", async () => {
  const sizes: TerminalSize[] = [];
  await using server = await startFakeServer({
    session: { ...execRequest, stderr: false, tty: true },
    command: command(async ({ resizes, stdin }) => {
      for await (const size of resizes) {
        sizes.push(size);
        if (size.columns === 100) break;
      }
      await stdin?.cancel();
      return success;
    }),
  });
  const client = await connect(server.url, "v5.channel.k8s.io");
  for (let columns = 1; columns <= 100; columns++) {
    await client.send(4, `{"Width":${columns},"Height":24}\n`);
    await client.send(4, "{}");
  }
  await client.closed;
  assert.deepEqual(sizes.at(-1), { columns: 100, rows: 24 });
});

Deno.test("channels that were not asked for and messages without one are ignored", async () => {
  await using server = await startFakeServer({ session: execRequest, command: cat });
  const client = await connect(server.url, "v5.channel.k8s.io");
  for (const channel of [1, 2, 3, 5, 99, 254]) await client.send(channel, "unasked");
  client.webSocket.send(new Uint8Array(0));
  await client.send(0, "");
  await client.send(0, "asked");
  for (const channel of [1, 2, 3, 4]) client.webSocket.send(Uint8Array.of(255, channel));
  client.webSocket.send(Uint8Array.of(255, 0));
  await client.closed;
  assert.equal(client.text(1), "asked");
});

Deno.test("stdin that nobody asked for is not a channel", async () => {
  await using server = await startFakeServer({
    session: { ...execRequest, stdin: false, stderr: false, tty: true },
    command: command(async ({ stdin, resizes, stdout }) => {
      assert.equal(stdin, undefined);
      for await (const _ of resizes) break;
      await stdout?.write(text("done"));
      return success;
    }),
  });
  const client = await connect(server.url, "v4.base64.channel.k8s.io");
  client.webSocket.send("0%%% not even base64");
  await client.send(4, '{"Width":80,"Height":24}');
  await client.closed;
  assert.equal(client.text(1), "done");
});
