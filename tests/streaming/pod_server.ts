/**
 * A process with TCP servers inside of a pod's network namespace, for tests of port-forward. Each
 * server does one thing with every connection (see {@linkcode Behaviour}); what it saw is told on
 * standard output, line by line. Run by pod_servers.ts:
 *
 *   nsenter --net=PATH deno run -A pod_server.ts '[{"hostname":"127.0.0.1","port":80,...}]'
 */

import { createHash } from "node:crypto";
import { pattern } from "./pattern.ts";

/**
 * `echo`: sends back what comes, and ends after it. `sum`: answers the end of what comes with its
 * size and SHA-256. `source`: sends `bytes` of the pattern, ends its direction, and reads on until
 * the client ends, too. `silent`: reads nothing and sends nothing. `greet`: says a line and hangs up.
 */
export type Behaviour = "echo" | "sum" | "source" | "silent" | "greet";

/** One server. */
export interface ServerSpec {
  readonly hostname: "127.0.0.1" | "::1" | "0.0.0.0";
  readonly port: number;
  readonly behaviour: Behaviour;
  /** Of a `source`. */
  readonly bytes?: number;
}

const chunkBytes = 64 * 1024;

async function* received(connection: Deno.TcpConn): AsyncGenerator<Uint8Array> {
  for (;;) {
    const buffer = new Uint8Array(chunkBytes);
    const count = await connection.read(buffer);
    if (count === null) return;
    yield buffer.subarray(0, count);
  }
}

async function writeAll(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += await connection.write(bytes.subarray(written));
}

async function serve(spec: ServerSpec, connection: Deno.TcpConn): Promise<string> {
  switch (spec.behaviour) {
    case "echo": {
      let bytes = 0;
      for await (const chunk of received(connection)) {
        bytes += chunk.length;
        await writeAll(connection, chunk);
      }
      await connection.closeWrite();
      return `echoed ${bytes}`;
    }
    case "sum": {
      const hash = createHash("sha256");
      let bytes = 0;
      for await (const chunk of received(connection)) {
        bytes += chunk.length;
        hash.update(chunk);
      }
      await writeAll(connection, new TextEncoder().encode(`${bytes} ${hash.digest("hex")}`));
      return `summed ${bytes}`;
    }
    case "source": {
      for (const chunk of pattern(spec.bytes ?? 0)) await writeAll(connection, chunk);
      await connection.closeWrite();
      let bytes = 0;
      for await (const chunk of received(connection)) bytes += chunk.length;
      return `client ended after ${bytes}`;
    }
    case "greet":
      await writeAll(connection, new TextEncoder().encode("hello\n"));
      return "greeted";
    case "silent":
      await new Promise(() => {});
      return "";
  }
}

async function listen(spec: ServerSpec): Promise<void> {
  const { hostname, port } = spec;
  const listener = Deno.listen({ hostname, port });
  say(`listening ${hostname} ${port}`);
  for await (const connection of listener) {
    say(`accepted ${port}`);
    serve(spec, connection)
      .catch((error) => `broke ${error instanceof Error ? error.message : error}`)
      .then((line) => {
        say(`${port} ${line}`);
        connection.close();
      });
  }
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

if (import.meta.main) {
  const specs: ServerSpec[] = JSON.parse(Deno.args[0] ?? "[]");
  await Promise.all(specs.map(listen));
}
