import assert from "node:assert/strict";
import { fakeDeps, FakeNode, FakeTerminal, requestOf } from "./fake_node.ts";
import { runClient } from "./mod.ts";
import { registryOf } from "./pull.ts";
import { age, size } from "./words.ts";

async function run(node: FakeNode, request: ReturnType<typeof requestOf>) {
  const terminal = new FakeTerminal();
  const code = await runClient(fakeDeps(node, terminal), request);
  return { code, stdout: terminal.stdout, stderr: terminal.stderr };
}

Deno.test("pull tells the id, the size and the time, with -q the id alone", async () => {
  const node = new FakeNode();
  const { stdout } = await run(node, requestOf("pull", ["r.test/web:1"]));
  assert.match(stdout, /^r\.test\/web:1 is here: sha256:abcdef, 12\.3 MB, after \d+\.\d s\n$/);
  const quiet = await run(node, requestOf("pull", ["r.test/web:1"], { quiet: "true" }));
  assert.equal(quiet.stdout, "sha256:abcdef\n");
});

Deno.test("pull takes credentials from a file of docker login, and the handler along", async () => {
  const node = new FakeNode();
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, JSON.stringify({ auths: { "r.test:5000": { auth: "dTpw" } } }));
    const options = { "auth-file": path, handler: "docker" };
    await run(node, requestOf("pull", ["r.test:5000/web"], options));
    assert.deepEqual(node.pulled, [
      { image: "r.test:5000/web", handler: "docker", auth: { auth: "dTpw" } },
    ]);
    await assert.rejects(
      run(node, requestOf("pull", ["busybox"], options)),
      /has no credentials for "index\.docker\.io"/,
    );
    await Deno.writeTextFile(path, "secret{");
    await assert.rejects(
      run(node, requestOf("pull", ["busybox"], options)),
      (error: Error) => error.message.endsWith("is no JSON") && !error.message.includes("secret"),
    );
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("registryOf reads references as Docker does", () => {
  assert.equal(registryOf("busybox"), "index.docker.io");
  assert.equal(registryOf("docker.io/library/busybox"), "index.docker.io");
  assert.equal(registryOf("library/busybox:1"), "index.docker.io");
  assert.equal(registryOf("localhost/x"), "localhost");
  assert.equal(registryOf("r.test:5000/x/y"), "r.test:5000");
});

Deno.test("stop takes pods or --all, goes on when one fails, and says so in the exit code", async () => {
  const node = new FakeNode();
  const [first, second] = [node.addPod("one"), node.addPod("two")];
  node.stubborn = first.id;
  const { code, stdout, stderr } = await run(
    node,
    requestOf("stop", [], { all: "true", remove: "true" }),
  );
  assert.equal(code, 1);
  assert.match(stdout, /^removed: .* \(default\/two\)\n$/);
  assert.match(stderr, /Cannot stop pod .* \(default\/one\): It does not want to/);
  assert.deepEqual(node.removed, [second.id]);
  await assert.rejects(run(node, requestOf("stop")), /needs either pods or --all/);
  await assert.rejects(run(node, requestOf("stop", ["one"], { all: "true" })), /needs either/);
});

Deno.test("exec refuses a container that does not run before it opens a session", async () => {
  const node = new FakeNode();
  node.addContainer(node.addPod("web"), "main", { state: 2 });
  await assert.rejects(
    run(node, requestOf("exec", ["main", "true"])),
    /Container "c+0" does not run: it is exited/,
  );
});

Deno.test("a reader that goes away ends a command as SIGPIPE would", async () => {
  const node = new FakeNode();
  const terminal = { ...new FakeTerminal(), size: () => undefined };
  terminal.out = () => {
    throw new Deno.errors.BrokenPipe("gone");
  };
  const deps = { ...fakeDeps(node), terminal: Object.assign(new FakeTerminal(), terminal) };
  assert.equal(await runClient(deps, requestOf("pods")), 141);
});

Deno.test("ages and sizes are short and do not round to the next unit too early", () => {
  const seconds = (count: number) => age(1n, BigInt(count) * 1_000_000_000n + 1n);
  assert.deepEqual([0, 119, 120, 7199, 7200, 200_000].map(seconds), [
    "0s",
    "119s",
    "2m",
    "119m",
    "2h",
    "2d",
  ]);
  assert.equal(age(0n, 5n), "?");
  assert.deepEqual([0n, 999n, 1000n, 99_949n, 999_499n, 999_500n].map(size), [
    "0 B",
    "999 B",
    "1.0 kB",
    "99.9 kB",
    "999 kB",
    "1.0 MB",
  ]);
});
