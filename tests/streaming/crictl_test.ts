/** What people at a node and old kubelets do: crictl with both transports, and the 1.6 API. */

import assert from "node:assert/strict";
import { connectCri } from "../support/cri_client.ts";
import { startNode } from "../docker/support.ts";
import { Crictl, toolDir, tryRun, waitFor } from "../support/mod.ts";
import { freePort, listens } from "../support/ports.ts";
import { connect, openSpdyCommand, outcome, toText, utf8 } from "./client/mod.ts";
import { startPodServers } from "./pod_servers.ts";
import { netnsOf, runPod, shellContainer, startContainer } from "./support.ts";

const echoPort = 7;
const sixesPort = 1006;

// Kubelets up to 1.10 hand the URL on, so it has to say a name that others can reach.
const advertised = "node.test";
await Deno.writeTextFile("/etc/hosts", `127.0.0.1 ${advertised}\n`, { append: true });

const node = await startNode({
  network: { dualStack: true },
  config: { streaming: { advertiseAddress: advertised } },
});
const pod = await runPod(node, "crictl");
const containerId = await startContainer(node, pod, shellContainer("main", "sleep 10000"));
const servers = await startPodServers(await netnsOf(node, pod), [
  { hostname: "127.0.0.1", port: echoPort, behaviour: "echo" },
  { hostname: "::1", port: sixesPort, behaviour: "echo" },
]);
const crictl = new Crictl(node.frakti.endpoint);
Deno.test.afterAll(async () => {
  await servers[Symbol.asyncDispose]();
  await node[Symbol.asyncDispose]();
});

/** crictl under a terminal of so many columns and rows, typing into it. */
async function inTerminal(args: readonly string[], input: string): Promise<string> {
  const command = [
    `${toolDir}/crictl`,
    ...["--config", "/dev/null", "--runtime-endpoint", node.frakti.endpoint],
    ...args,
  ].map((word) => `'${word}'`).join(" ");
  const { code, stdout } = await tryRun(
    "script",
    ["-qec", `stty cols 99 rows 33; ${command}`, "/dev/null"],
    { stdin: input },
  );
  assert.equal(code, 0, stdout);
  return stdout;
}

for (const transport of ["spdy", "websocket"]) {
  const by = ["--transport", transport];
  const exec = ["exec", ...by];

  Deno.test(`crictl exec by ${transport} shows both outputs and fails with the command`, async () => {
    const script = "echo out; echo err >&2; exit 7";
    const result = await crictl.tryRun([...exec, containerId, "sh", "-c", script]);
    assert.equal(result.stdout, "out\n");
    assert.match(result.stderr, /^err\n.*exit code 7/s);
    assert.notEqual(result.code, 0);
  });

  Deno.test(`crictl exec -i by ${transport} feeds stdin to its end`, async () => {
    const text = "a line\n".repeat(100_000);
    const output = await crictl.run([...exec, "-i", containerId, "sh", "-c", "cat; echo over"], {
      stdin: text,
    });
    assert.equal(output, `${text}over\n`);
  });

  Deno.test(`crictl exec -it by ${transport} under a terminal has one of that size`, async () => {
    const script = 'until [ "$(stty size)" = "33 99" ]; do sleep 0.1; done; tty; read x; echo =$x=';
    const output = await inTerminal([...exec, "-it", containerId, "sh", "-c", script], "typed\n");
    assert.match(output, /\/dev\/pts\/\d+\r\n/);
    assert.match(output, /=typed=\r\n/);
  });

  Deno.test(`crictl attach by ${transport} talks to the container until it ends`, async () => {
    const attached = await startContainer(
      node,
      pod,
      shellContainer(`attached-${transport}`, "read line; echo got $line", {
        stdin: true,
        stdinOnce: true,
      }),
    );
    const output = await crictl.run(["attach", ...by, "-i", attached], { stdin: "a word\n" });
    assert.equal(output, "got a word\n");
  });

  Deno.test(`crictl port-forward by ${transport} reaches IPv4 and IPv6 listeners`, async () => {
    const locals = [freePort(), freePort()];
    const pairs = [`${locals[0]}:${echoPort}`, `${locals[1]}:${sixesPort}`];
    const child = new Deno.Command(`${toolDir}/crictl`, {
      args: [
        ...["--config", "/dev/null", "--runtime-endpoint", node.frakti.endpoint],
        ...["port-forward", ...by, pod.id, ...pairs],
      ],
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      for (const port of locals) {
        await waitFor("crictl listens", {}, () => listens(`127.0.0.1:${port}`));
        for (const text of ["first", "second"]) {
          const wire = await connect({ hostname: "127.0.0.1", port });
          await wire.write(utf8(text));
          await wire.closeWrite();
          let seen = "";
          for (let chunk = await wire.read(); chunk; chunk = await wire.read()) {
            seen += toText(chunk);
          }
          assert.equal(seen, text);
          wire.close();
        }
      }
    } finally {
      child.kill("SIGINT");
      await child.status;
    }
  });
}

Deno.test("a kubelet of 1.6 names no outputs and gets both, at the address that is advertised", async () => {
  await using old = connectCri(node.frakti.socketPath, "runtime");
  const { url } = await old.runtime.exec({
    containerId,
    cmd: ["sh", "-c", "echo out; echo err >&2; exit 3"],
  });
  assert.equal(new URL(url).hostname, advertised);
  const session = await openSpdyCommand(url, { stdout: true, stderr: true });
  const [stdout, stderr] = await Promise.all([session.stdout.text(), session.stderr.text()]);
  assert.deepEqual([stdout, stderr], ["out\n", "err\n"]);
  assert.deepEqual(await outcome(session), { kind: "exit", code: 3 });

  const terminal = await old.runtime.exec({ containerId, cmd: ["tty"], tty: true, stdin: true });
  const shell = await openSpdyCommand(terminal.url, { stdin: true, stdout: true, tty: true });
  assert.match(await shell.stdout.text(), /\/dev\/pts/);
});
