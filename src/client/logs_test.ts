import assert from "node:assert/strict";
import { fakeDeps, FakeNode, FakeTerminal, requestOf } from "./fake_node.ts";
import { parseRecord } from "./log_record.ts";
import { runClient } from "./mod.ts";

const time = "2026-01-02T03:04:05.000000001Z";

async function withLog(
  text: string,
  body: (node: FakeNode, path: string) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    const path = `${dir}/main.log`;
    await Deno.writeTextFile(path, text);
    const node = new FakeNode();
    const container = node.addContainer(node.addPod("web"), "main");
    node.logPaths.set(container.id, path);
    await body(node, path);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function logs(node: FakeNode, options: Record<string, string> = {}) {
  const terminal = new FakeTerminal();
  assert.equal(await runClient(fakeDeps(node, terminal), requestOf("logs", ["main"], options)), 0);
  return terminal;
}

Deno.test("logs prints both outputs apart, pieces of a line as one line", async () => {
  const text = `${time} stdout P begin\n${time} stderr F err\n${time} stdout F -end\n${time} torn`;
  await withLog(text, async (node) => {
    const { stdout, stderr } = await logs(node);
    assert.equal(stdout, "begin-end\n");
    assert.equal(stderr, "err\n");
    assert.equal((await logs(node, { timestamps: "true" })).stdout, `${time} begin-end\n`);
  });
});

Deno.test("logs of a pod of Kubernetes 1.6 have no tags", async () => {
  await withLog(`${time} stdout F is no tag here\n`, async (node) => {
    node.apiVersion = "runtime";
    assert.equal((await logs(node)).stdout, "F is no tag here\n");
  });
});

Deno.test("logs --tail gives the last lines, however long they and the file are", async () => {
  const long = "x".repeat(16_000);
  const lines = Array.from(
    { length: 40 },
    (_, i) => `${time} stdout P ${long}\n${time} stdout F ${i}\n`,
  );
  await withLog(lines.join(""), async (node) => {
    const { stdout } = await logs(node, { tail: "30" });
    const shown = stdout.split("\n").slice(0, -1);
    assert.equal(shown.length, 30);
    assert.equal(shown[0], `${long}10`);
    assert.equal((await logs(node, { tail: "0" })).stdout, "");
    assert.equal((await logs(node, { tail: "99" })).stdout.split("\n").length, 41);
  });
});

Deno.test("logs --tail counts no line that the search for them has cut", async () => {
  // Lines of each length: the search begins at their first byte, in their time, in their text.
  for (let length = 48; length < 112; length++) {
    const lines = Array.from(
      { length: 3000 },
      (_, i) => `${time} stdout F ${i}`.padEnd(length - 1, ".") + "\n",
    );
    await withLog(lines.join(""), async (node) => {
      for (const tail of ["5", "900"]) {
        const { stdout } = await logs(node, { tail, timestamps: "true" });
        const shown = stdout.split("\n").slice(0, -1);
        assert.equal(shown.length, Number(tail), `${length}`);
        assert.ok(shown[0]?.startsWith(`${time} ${3000 - Number(tail)}`), `${length}: ${shown[0]}`);
      }
    });
  }
});

Deno.test("logs --tail gives a line with its first piece", async () => {
  const piece = `${time} stdout P ${"x".repeat(16_000)}\n`;
  await withLog(piece.repeat(20) + `${time} stdout F end\n`, async (node) => {
    assert.equal((await logs(node, { tail: "1" })).stdout.length, 20 * 16_000 + 4);
  });
});

Deno.test("logs --since compares times", async () => {
  const later = "2026-01-02T03:04:06.000000000Z";
  await withLog(`${time} stdout F one\n${later} stdout F two\n`, async (node) => {
    assert.equal((await logs(node, { since: "2026-01-02T03:04:06Z" })).stdout, "two\n");
    await assert.rejects(logs(node, { since: "never" }), /Invalid flag --since: must be like 10m/);
  });
});

Deno.test("logs -f goes on over a rotation until the container has ended", async () => {
  await withLog(`${time} stdout F one\n`, async (node, path) => {
    const terminal = new FakeTerminal();
    const done = runClient(
      fakeDeps(node, terminal),
      requestOf("logs", ["main"], { follow: "true" }),
    );
    await until(() => terminal.stdout === "one\n");
    await Deno.writeTextFile(path, `${time} stdout F two\n`, { append: true });
    await Deno.rename(path, `${path}.1`);
    await Deno.writeTextFile(path, `${time} stdout F three\n`);
    await until(() => terminal.stdout.includes("three"));
    await Deno.writeTextFile(path, `${time} stdout F four\n`, { append: true });
    const [container] = node.containerList;
    if (container !== undefined) container.state = 2;
    assert.equal(await done, 0);
    assert.equal(terminal.stdout, "one\ntwo\nthree\nfour\n");
  });
});

Deno.test("logs -p prints the attempt before", async () => {
  await withLog(`${time} stdout F old\n`, async (node, path) => {
    const [pod] = node.podList;
    if (pod === undefined) throw new Error("There is a pod");
    const next = node.addContainer(pod, "main", { metadata: { name: "main", attempt: 1 } });
    node.logPaths.set(next.id, `${path}.new`);
    assert.equal((await logs(node, { previous: "true" })).stdout, "old\n");
    assert.equal((await logs(node)).stdout, "");
  });
});

Deno.test("parseRecord refuses what is no record", () => {
  const parse = (line: string) => parseRecord(new TextEncoder().encode(line), true);
  for (const line of ["", "x", `${time} stdin F x`, `${time} stdout X x`, `${time} stdout F`]) {
    assert.equal(parse(line), undefined, line);
  }
  assert.equal(parse(`${time} stdout F:more x`)?.isLineEnd, true);
});

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("It did not come");
}
