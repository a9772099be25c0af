import assert from "node:assert/strict";
import { startCriServer } from "../../src/cri/mod.ts";
import { describe } from "../../src/lib/errors.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { connectCri } from "../support/cri_client.ts";
import { FakeNode } from "./fake_node.ts";
import { scratchDir, startStage } from "./stage.ts";

const start = (socketPath: string) =>
  startCriServer({
    socketPath,
    node: new FakeNode(),
    log: silentLogger,
    clock: systemClock,
    runtime: { name: "frakti", version: "0.1.0" },
  });

async function answers(socketPath: string): Promise<boolean> {
  await using cri = connectCri(socketPath, "v1");
  return (await cri.runtime.version({})).runtimeName === "frakti";
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

/** Leaves a socket file that nobody serves, as a killed process does. */
async function leaveStaleSocket(path: string): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `Deno.listen({ transport: "unix", path: Deno.args[0] }); Deno.kill(Deno.pid, "SIGKILL");`,
      path,
    ],
  });
  await child.output();
  assert.ok((await Deno.lstat(path)).isSocket);
}

Deno.test("the socket is there with mode 0660 when the server has started, and gone after", async () => {
  await using stage = await startStage();
  const info = await Deno.lstat(stage.socketPath);
  assert.ok(info.isSocket);
  assert.equal((info.mode ?? 0) & 0o777, 0o660);
  assert.ok(await answers(stage.socketPath));
  await stage.server.close();
  assert.equal(await exists(stage.socketPath), false);
});

Deno.test("starting leaves nothing but the socket, and the umask as it was", async () => {
  const before = Deno.umask();
  await using stage = await startStage();
  assert.equal(Deno.umask(), before);
  const parent = stage.socketPath.replace(/\/[^/]*$/, "");
  const names = [];
  for await (const entry of Deno.readDir(parent)) names.push(entry.name);
  assert.deepEqual(names, ["frakti.sock"]);
});

Deno.test("a socket that another process serves is not taken from it", async () => {
  await using stage = await startStage();
  await assert.rejects(start(stage.socketPath), (error) => {
    assert.match(describe(error), /Another process serves ".*frakti\.sock"/);
    return true;
  });
  assert.ok(await answers(stage.socketPath));
});

Deno.test("a socket that nobody serves any more is replaced", async () => {
  await using scratch = await scratchDir();
  const path = `${scratch.path}/frakti.sock`;
  await leaveStaleSocket(path);
  const server = await start(path);
  assert.ok(await answers(path));
  await server.close();
});

/** What a killed frakti leaves: a socket that a program which it ran holds open for `seconds`. */
async function leaveHeldSocket(path: string, seconds: number): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `import net from "node:net";
      import { spawn } from "node:child_process";
      net.createServer().listen(Deno.args[0], () => {
        spawn("sleep", [Deno.args[1]], { stdio: "ignore" })
          .on("spawn", () => Deno.kill(Deno.pid, "SIGKILL"));
      });`,
      path,
      String(seconds),
    ],
    stdout: "null",
    stderr: "null",
  });
  await child.output();
  using held = await Deno.connect({ transport: "unix", path });
  assert.ok(held);
}

Deno.test("a socket that only a program of a killed frakti holds is replaced once that has ended", async () => {
  await using scratch = await scratchDir();
  const path = `${scratch.path}/frakti.sock`;
  await leaveHeldSocket(path, 3);
  const server = await start(path);
  assert.ok(await answers(path));
  await server.close();
});

Deno.test("what a start that was killed left behind is replaced", async () => {
  await using scratch = await scratchDir();
  const path = `${scratch.path}/frakti.sock`;
  await Deno.mkdir(`${path}.d`);
  await Deno.writeTextFile(`${path}.d/s`, "");
  const server = await start(path);
  assert.ok(await answers(path));
  assert.equal(await exists(`${path}.d`), false);
  await server.close();
});

Deno.test("two servers that start at once leave one, and it answers", async () => {
  await using scratch = await scratchDir();
  const path = `${scratch.path}/frakti.sock`;
  const outcomes = await Promise.allSettled([start(path), start(path)]);
  const started = outcomes.flatMap((outcome) =>
    outcome.status === "fulfilled" ? [outcome.value] : []
  );
  assert.equal(started.length, 1);
  assert.ok(await answers(path));
  await started[0]?.close();
});

Deno.test("a file that is no socket is left alone", async () => {
  await using scratch = await scratchDir();
  const path = `${scratch.path}/frakti.sock`;
  await Deno.writeTextFile(path, "precious");
  await assert.rejects(start(path), (error) => {
    assert.match(describe(error), /exists and is not a socket/);
    return true;
  });
  assert.equal(await Deno.readTextFile(path), "precious");
});

Deno.test("a symlink at the path is left alone", async () => {
  await using scratch = await scratchDir();
  const path = `${scratch.path}/frakti.sock`;
  await Deno.symlink(`${scratch.path}/elsewhere`, path);
  await assert.rejects(start(path), { code: "AlreadyExists" });
  assert.ok((await Deno.lstat(path)).isSymlink);
});

Deno.test("paths that cannot be a socket's are refused", async () => {
  for (const path of ["@abstract", "relative.sock", "", "/run/", `/${"x".repeat(110)}`]) {
    await assert.rejects(start(path), { code: "InvalidArgument" }, path);
  }
});

Deno.test("closing leaves a socket alone that has taken the place of ours", async () => {
  await using stage = await startStage();
  await Deno.remove(stage.socketPath);
  const other = Deno.listen({ transport: "unix", path: stage.socketPath });
  await stage.server.close();
  assert.ok((await Deno.lstat(stage.socketPath)).isSocket);
  other.close();
});
