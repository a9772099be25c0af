/**
 * What holds for port-forward however a client comes: run against frakti, and against containerd to
 * show that the client is right.
 */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { concat, type ForwardedConnection, utf8 } from "./client/mod.ts";
import { type Forwarder, type ForwardTransport } from "./forward_transports.ts";
import { pattern, patternHash } from "./pattern.ts";
import type { ServerSpec } from "./pod_server.ts";
import type { PodServers } from "./pod_servers.ts";
import type { PodHost, TestPod } from "./support.ts";

/** Where the cases run. */
export interface ForwardSubject {
  readonly host: PodHost;
  readonly pod: TestPod;
  /** Has {@linkcode forwardServers}. */
  readonly servers: PodServers;
}

/** The ports of the pod that the cases use. */
export const ports = { echo: 7, sum: 1001, source: 1002, sixes: 1006, nobody: 1099 } as const;

const sourceBytes = 300_000;

/** What has to listen in the pod. */
export const forwardServers: readonly ServerSpec[] = [
  { hostname: "127.0.0.1", port: ports.echo, behaviour: "echo" },
  { hostname: "127.0.0.1", port: ports.sum, behaviour: "sum" },
  { hostname: "127.0.0.1", port: ports.source, behaviour: "source", bytes: sourceBytes },
  { hostname: "::1", port: ports.sixes, behaviour: "echo" },
];

/** Registers the cases of one transport. */
export function forwardCases(
  transport: ForwardTransport,
  subject: ForwardSubject,
  options: { readonly keepsHalfClose: boolean },
): void {
  const { name } = transport;
  const test = (text: string, body: (forwarder: Forwarder) => Promise<void>) =>
    Deno.test(`${name}: ${text}`, async () => {
      const forwarder = await transport.open(subject.host, subject.pod, Object.values(ports));
      try {
        await body(forwarder);
      } finally {
        await forwarder.close();
      }
    });

  test("bytes come back from a listener on 127.0.0.1 as they went", async (forwarder) => {
    await expectEcho(await forwarder.connect(ports.echo), 500_000);
  });

  test("a listener on ::1 is reached", async (forwarder) => {
    await expectEcho(await forwarder.connect(ports.sixes), 1000);
  });

  test("a port without a listener is told, and others go on", async (forwarder) => {
    const other = await forwarder.connect(ports.echo);
    await expectEcho(other, 100);
    const refused = await forwarder.connect(ports.nobody);
    const message = await refused.error.textUntil((text) => text.length > 0);
    assert.match(message, /1099|refused/);
    await expectEcho(other, 100);
  });

  test("what the pod says first arrives without a word of the client", async (forwarder) => {
    const connection = await forwarder.connect(ports.source);
    const bytes = await readExactly(connection, sourceBytes);
    assert.equal(createHash("sha256").update(bytes).digest("hex"), patternHash(sourceBytes));
  });

  if (!transport.canEnd) return;

  test("twenty connections at once keep apart", async (forwarder) => {
    await Promise.all(Array.from({ length: 20 }, async (_, index) => {
      const connection = await forwarder.connect(ports.echo);
      const text = `connection ${index} `.repeat(1000);
      await connection.write(utf8(text));
      await connection.end();
      assert.equal(await connection.received.text(), text);
      assert.equal(await connection.error.text(), "");
    }));
  });

  if (!options.keepsHalfClose) return;

  test("the client's half-close reaches the listener, whose answer still comes", async (forwarder) => {
    const connection = await forwarder.connect(ports.sum);
    for (const chunk of pattern(1_000_000)) await connection.write(chunk);
    await connection.end();
    assert.equal(await connection.received.text(), `1000000 ${patternHash(1_000_000)}`);
    assert.equal(await connection.error.text(), "");
  });

  test("the listener's half-close reaches the client, who can still send", async (forwarder) => {
    const connection = await forwarder.connect(ports.source);
    assert.equal((await connection.received.all()).length, sourceBytes);
    // A count that no other case uses: the listener tells what it got after its own end.
    const count = 10_000 + Math.floor(Math.random() * 80_000);
    await connection.write(concat([...pattern(count)]));
    await connection.end();
    const line = `${ports.source} client ended after ${count}`;
    await subject.servers.saw(line, (each) => each === line);
  });
}

async function expectEcho(connection: ForwardedConnection, size: number): Promise<void> {
  const bytes = concat([...pattern(size)]);
  const [echo] = await Promise.all([readExactly(connection, size), connection.write(bytes)]);
  assert.ok(Buffer.from(echo).equals(bytes), "Other bytes came back");
}

async function readExactly(connection: ForwardedConnection, size: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let left = size;
  while (left > 0) {
    const chunk = await connection.received.read();
    if (chunk === undefined) {
      const said = await connection.error.text();
      throw new Error(`Ended with ${left} of ${size} bytes missing: ${said}`);
    }
    chunks.push(chunk);
    left -= chunk.length;
  }
  return concat(chunks);
}
