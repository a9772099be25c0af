/** What a person does at a node without crictl: frakti's own commands against a frakti that runs. */

import assert from "node:assert/strict";
import { busybox, runPod, shellContainer, startContainer, startNode } from "../docker/support.ts";
import { fraktiCommand, freePort, makeDir, run, tryRun, waitFor } from "../support/mod.ts";

const tls = await makeDir("tls");
const [certFile, keyFile] = [`${tls}/server.crt`, `${tls}/server.key`];
await run("openssl", [
  ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
  ...["-days", "2", "-subj", "/CN=a node", "-keyout", keyFile, "-out", certFile],
]);

const node = await startNode({ config: { streaming: { port: freePort() } } });
const pod = await runPod(node, "web");
const main = await startContainer(
  node,
  pod,
  shellContainer("main", "echo hello; echo oops >&2; trap 'exit 0' TERM; sleep 10000 & wait"),
);
Deno.test.afterAll(() => node[Symbol.asyncDispose]());

const asked = ["--config", node.frakti.configPath];

/** `frakti ARGS` on this node, whatever its exit code. */
function frakti(args: readonly string[], options: Parameters<typeof tryRun>[2] = {}) {
  const [command, ...before] = fraktiCommand();
  return tryRun(command, [...before, ...asked, ...args], options);
}

async function output(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await frakti(args);
  assert.equal(code, 0, stderr);
  return stdout;
}

/** frakti on a terminal of so many columns, typing into it. */
async function inTerminal(args: readonly string[], columns: number, input = "") {
  const words = [...fraktiCommand(), ...asked, ...args].map((word) => `'${word}'`).join(" ");
  const script = `stty cols ${columns} rows 33; ${words}`;
  return await tryRun("script", ["-qec", script, "/dev/null"], { stdin: input });
}

Deno.test("frakti check knows a frakti that runs, and does not take its port for another's", async () => {
  const { stdout } = await frakti(["check", "--json"]);
  const { checks }: { checks: readonly Record<string, string>[] } = JSON.parse(stdout);
  const about = (name: string) => checks.find((check) => check["name"] === name);
  assert.equal(about("socket")?.["level"], "ok");
  assert.match(
    about("socket")?.["message"] ?? "",
    new RegExp(`frakti is running .*pid ${node.frakti.pid}\\b`),
  );
  assert.equal(about("streaming")?.["level"], "ok");
  assert.match(about("streaming")?.["message"] ?? "", /in use while frakti is running/);
});

Deno.test("frakti pods and ps list what runs, for people and for programs", async () => {
  assert.match(
    await output("pods"),
    /^POD ID +NAMESPACE +NAME +STATE +ENGINE +IP +AGE\n[0-9a-f]{13} +tests +web +ready +docker +[\d.]+ +\d+s\n$/,
  );
  const [row] = JSON.parse(await output("pods", "-o", "json"));
  assert.equal(row.id, pod.id);
  assert.equal(row.engine, "docker");
  assert.match(
    await output("ps"),
    /\n[0-9a-f]{13} +main +tests\/web +\S*busybox:1\.29-2 +running +0 +\d+s\n$/,
  );
  assert.equal(await output("ps", "-q", "--pod", "web"), `${main}\n`);
});

Deno.test("frakti ps fits the terminal that it prints to", async () => {
  const { stdout } = await inTerminal(["ps"], 80);
  assert.match(stdout, /main/);
  for (const line of stdout.split("\r\n")) assert.ok([...line].length <= 80, line);
});

Deno.test("frakti pull brings an image, and frakti images shows it", async () => {
  assert.match(await output("pull", busybox), /is here: sha256:[0-9a-f]{64}, [\d.]+ \wB, after /);
  const id = (await output("pull", "-q", busybox)).trim();
  assert.match(
    await output("images"),
    /e2e-test-images\/busybox +1\.29-2 +[0-9a-f]{13} +[\d.]+ \wB/,
  );
  assert.ok((await output("images", "-q")).split("\n").includes(id));
});

Deno.test("frakti pull says why it cannot", async () => {
  const { code, stdout, stderr } = await frakti(["pull", "registry.test/no/such:1"]);
  assert.equal(code, 1);
  assert.equal(stdout, "");
  assert.match(stderr, /^frakti: .*registry\.test\/no\/such:1.*\n$/);
});

Deno.test("frakti logs prints outputs apart, and with -f until the container ends", async () => {
  const plain = await frakti(["logs", "main"]);
  assert.deepEqual([plain.code, plain.stdout, plain.stderr], [0, "hello\n", "oops\n"]);
  const short = await startContainer(
    node,
    pod,
    shellContainer("short", "for i in 1 2 3; do echo $i; sleep 0.3; done"),
  );
  assert.equal(await output("logs", "-f", short.slice(0, 10)), "1\n2\n3\n");
  assert.equal(await output("logs", "--tail", "1", "web/short"), "3\n");
});

Deno.test("frakti exec shows both outputs, feeds input and gives the exit code", async () => {
  const both = await frakti(["exec", "main", "sh", "-c", "echo out; echo err >&2; exit 7"]);
  assert.deepEqual([both.code, both.stdout, both.stderr], [7, "out\n", "err\n"]);
  const text = "a line\n".repeat(50_000);
  const fed = await frakti(["exec", "-i", "web/main", "sh", "-c", "cat; echo over"], {
    stdin: text,
  });
  assert.equal(fed.stdout, `${text}over\n`);
  const missing = await frakti(["exec", "main", "no-such-program"]);
  assert.notEqual(missing.code, 0);
  assert.match(missing.stderr, /no-such-program/);
});

Deno.test("frakti exec -it has a terminal of this terminal's size and leaves it sane", async () => {
  const script = 'until [ "$(stty size)" = "33 99" ]; do sleep 0.1; done; tty; read x; echo =$x=';
  const { code, stdout } = await inTerminal(
    ["exec", "-it", "main", "sh", "-c", script],
    99,
    "typed\n",
  );
  assert.equal(code, 0, stdout);
  assert.match(stdout, /\/dev\/pts\/\d+\r\n/);
  assert.match(stdout, /=typed=\r\n/);
  assert.doesNotMatch(stdout, /\r\r/);
});

Deno.test("frakti exec trusts the certificate of the configuration alone", async () => {
  await node.frakti.shutDown();
  await node.frakti.start({ streaming: { tlsCertFile: certFile, tlsKeyFile: keyFile } });
  node.reconnect();
  try {
    assert.equal(await output("exec", "main", "echo", "over TLS"), "over TLS\n");
    const other = `${tls}/other.yaml`;
    const settings = JSON.parse(await Deno.readTextFile(node.frakti.configPath));
    settings.streaming.tlsCertFile = "/etc/ssl/certs/ca-certificates.crt";
    await Deno.writeTextFile(other, JSON.stringify(settings));
    const refused = await frakti(["exec", "--config", other, "main", "true"]);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /does not show the certificate of the configuration/);
  } finally {
    await node.frakti.shutDown();
    await node.frakti.start();
    node.reconnect();
  }
});

Deno.test("a reader that leaves ends frakti logs quietly", async () => {
  const loud = await startContainer(node, pod, shellContainer("loud", "yes | head -n 200000"));
  await waitFor("its log", {}, async () => (await output("logs", loud)).length > 100_000);
  const words = [...fraktiCommand(), ...asked, "logs", loud].join(" ");
  const { code, stdout, stderr } = await tryRun("bash", ["-c", `${words} | head -n 1`]);
  assert.deepEqual([code, stdout, stderr], [0, "y\n", ""]);
});

Deno.test("the commands say how to mend it when frakti does not run", async () => {
  const { code, stderr } = await frakti(["pods", "--listen", "/run/nobody.sock"]);
  assert.equal(code, 1);
  assert.equal(
    stderr,
    'frakti: Nobody answers at "/run/nobody.sock": is frakti running, and are you root?\n',
  );
});

Deno.test("frakti stop --remove ends a pod and its containers", async () => {
  const other = await runPod(node, "other");
  await startContainer(node, other, shellContainer("main", "exec sleep 10000"));
  const ambiguous = await frakti(["logs", "main"]);
  assert.equal(ambiguous.code, 2);
  assert.match(ambiguous.stderr, /"main" can be several containers: .*tests\/web\/main/);
  assert.match(await output("stop", "--remove", "other"), /^removed: .* \(tests\/other\)\n$/);
  assert.equal((await output("pods", "-a", "-q")).trim(), pod.id);
});
