import assert from "node:assert/strict";
import { describe, hasCode } from "../../src/lib/errors.ts";
import { dockerClient } from "../../src/engines/docker/client/mod.ts";
import { containerId } from "../../src/engines/ids.ts";
import { startDockerd, startRegistry, waitFor } from "../support/mod.ts";
import {
  busybox,
  connectTo,
  removeAll,
  shellIn,
  startContainer,
  startPause,
} from "./client_support.ts";

const dockerd = await startDockerd({ liveRestore: true });
const registry = await startRegistry();
Deno.test.afterAll(async () => {
  await dockerd.stop();
  await registry.stop();
});

const noAbort = new AbortController().signal;

/** Stops a process; its threads stop one after another. */
async function pause(pid: number): Promise<void> {
  Deno.kill(pid, "SIGSTOP");
  await waitFor("every thread to stop", {}, () => {
    const tasks = [...Deno.readDirSync(`/proc/${pid}/task`)];
    const isStopped = ({ name }: Deno.DirEntry) =>
      /^State:\s+T/m.test(Deno.readTextFileSync(`/proc/${pid}/task/${name}/status`));
    return Promise.resolve(tasks.every(isStopped));
  });
}

Deno.test("a daemon that hangs does not hang its callers", async () => {
  const client = dockerClient({ socketPath: dockerd.socketPath, timeoutMs: 1000 });
  await client.connect();
  await client.containers.list();
  await pause(dockerd.pid);
  try {
    const calls = [
      ...Array.from({ length: 40 }, () => client.containers.list()),
      client.containers.kill("x", "SIGKILL"),
      client.containers.attach("x", { stdin: false, stdout: true, stderr: true }),
      client.containers.logs("x", { follow: true, timestamps: false }),
      client.events({ signal: noAbort }),
      client.images.inspect("x"),
    ];
    for (const outcome of await Promise.allSettled(calls)) {
      assert.ok(outcome.status === "rejected");
      assert.ok(hasCode(outcome.reason, "Unavailable"), describe(outcome.reason));
    }
  } finally {
    Deno.kill(dockerd.pid, "SIGCONT");
  }
  // The next request works.
  assert.deepEqual(await client.containers.list(), []);
  client.close();
});

Deno.test("a daemon that dies ends what is under way, and a new one is connected to", async () => {
  const lower = await connectTo(dockerd.socketPath);
  const { client, execs } = lower;
  await lower.images.pull(busybox, undefined, noAbort);
  const sandbox = await startPause(lower);
  const id = await startContainer(lower, sandbox);

  const session = await execs.start(containerId(id), {
    command: ["sleep", "100"],
    tty: false,
    stdin: true,
  });
  const read = new Response(session.stdout).text();
  const logs = (async () => {
    for await (
      const _chunk of await client.containers.logs(id, { follow: true, timestamps: true })
    );
  })();
  const events = (async () => {
    for await (const _event of await client.events({ signal: noAbort }));
  })();
  let asked = false;
  const stop = new AbortController();
  const options = { hostname: "127.0.0.1", port: 0, signal: stop.signal, onListen: () => {} };
  const hung = Deno.serve(options, () => {
    asked = true;
    return new Promise<Response>(() => {});
  });
  const pull = lower.images.pull(`127.0.0.1:${hung.addr.port}/x:1`, undefined, noAbort);
  const waiting = client.containers.wait(id, noAbort);
  const ends = Promise.allSettled([read, logs, events, pull, waiting]);
  await waitFor("Docker asks the registry", {}, () => asked);

  await dockerd.kill();
  for (const outcome of await ends) {
    // An output may end rather than fail: to its reader the engine closed it.
    if (outcome.status === "rejected") {
      assert.ok(hasCode(outcome.reason, "Unavailable"), describe(outcome.reason));
    }
  }
  await assert.rejects(client.ping(), (error) => hasCode(error, "Unavailable"));
  await assert.rejects(client.containers.list(), (error) => hasCode(error, "Unavailable"));

  await dockerd.start();
  await client.connect();
  assert.equal((await client.containers.inspect(id)).state.status, "running");
  assert.equal(await shellIn(lower, id, "echo works"), "works");
  // The exec's connection is lost; its process goes on and kill still reaches it.
  await assert.rejects(session.exit, (error) => hasCode(error, "Unavailable"));
  assert.match(await shellIn(lower, id, "ps -o args"), /sleep 100\n/);
  await session.kill();
  assert.doesNotMatch(await shellIn(lower, id, "ps -o args"), /sleep 100\n/);
  await removeAll(lower);
  stop.abort();
  await hung.finished;
  client.close();
});

Deno.test("a socket that is not there is Unavailable, and is connected to once it is", async () => {
  const client = dockerClient({ socketPath: `${dockerd.dir}/none.sock` });
  await assert.rejects(client.connect(), (error) => hasCode(error, "Unavailable"));
  await Deno.symlink(dockerd.socketPath, `${dockerd.dir}/none.sock`);
  await client.connect();
  await client.ping();
  client.close();
});
