/**
 * What goes wrong around a VM pod, through the engine: each gets one clear error in bounded time, and
 * nothing stays behind. (Registries and images: images_registries_test.ts, images_test.ts; guests
 * that do not keep to the protocol: hostile_engine_test.ts.)
 */

import assert from "node:assert/strict";
import { type SandboxId, sandboxId } from "../../src/engines/ids.ts";
import { systemProc } from "../../src/engines/qemu/mod.ts";
import { describe, type ErrorCode, hasCode } from "../../src/lib/errors.ts";
import {
  known,
  linesOf,
  obedient,
  Pod,
  podRequest,
  refuses,
  runPod,
  untilExited,
} from "../engine_contract/pods.ts";
import { openQemu, type QemuUnderTest } from "../engine_contract/qemu_subject.ts";
import { guestDirectory, run, testEnvironment, waitFor } from "../support/mod.ts";
import { vmGroups } from "./left_behind.ts";
import { inside, mountOf, tryInside } from "./volume_stand.ts";

/** Far more than anything here takes, far less than a kubelet waits. */
const boundMs = 60_000;

let subject: QemuUnderTest;
Deno.test.beforeAll(async () => {
  subject = await openQemu();
});
Deno.test.afterAll(() => subject?.end());

function failureTest(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name,
    // The engine outlives the case and does its own work meanwhile.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      await fn();
      await assertNothingLeft();
    },
  });
}

async function namesIn(dir: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name).sort();
}

/** Processes of this engine's VMs, and programs on the way to one. */
async function processes(): Promise<number[]> {
  const found: number[] = [];
  for (const pid of await systemProc.pids()) {
    const command = await systemProc.read(`${pid}/cmdline`) ?? "";
    if (command.includes(subject.options.stateDirectory)) found.push(pid);
    else if (/^qemu-system/.test(command)) found.push(pid);
  }
  return found;
}

async function assertNothingLeft(): Promise<void> {
  const { options, network, engine } = subject;
  assert.deepEqual([engine.sandboxes(), engine.containers()], [[], []]);
  assert.deepEqual(await processes(), [], "processes");
  assert.deepEqual(await namesIn(`${options.stateDirectory}/pods`), [], "state");
  assert.deepEqual(await namesIn(`${options.stateDirectory}/stage`), [], "stage");
  assert.deepEqual(await namesIn(options.podDirectory), [], "disks");
  assert.deepEqual(await network.leases(), [], "leases");
  assert.deepEqual(await namesIn("/run/netns"), [], "namespaces");
  assert.deepEqual(await namesIn(`${options.directory}/sandboxes`), [], "records");
  const mounts = await run("cat", ["/proc/self/mountinfo"]);
  assert.doesNotMatch(mounts, new RegExp(`${options.stateDirectory}/(pods|stage)/`));
  assert.equal(await vmGroups(), "", "control groups");
  const links = await run("ip", ["-o", "link", "show", "type", "veth"]);
  assert.equal(links, "", "network interfaces");
}

/** Whose VM lies in a control group that the test sees. */
const own = { cgroupParent: `${testEnvironment().cgroupParent}/pod` };

/** Asserts that `work` fails with this error within the bound. */
async function fails(code: ErrorCode, message: RegExp, work: Promise<unknown>): Promise<void> {
  const startMs = performance.now();
  await assert.rejects(work, (error) => {
    assert.match(describe(error), message);
    assert.ok(hasCode(error, code), `Not ${code} but ${Deno.inspect(error)}`);
    return true;
  });
  assert.ok(performance.now() - startMs < boundMs);
}

const runs = () => subject.engine.runSandbox(podRequest(subject, own));

failureTest(
  "guest files that are missing are told by the health, and pods are refused until they are back",
  async () => {
    const pod = await runPod(subject, own);
    for (
      const [what, options] of [
        ["kernel", { kernel: `${subject.dir}/none` }],
        ["initrd", { initrd: `${subject.dir}/none` }],
      ] as const
    ) {
      await subject.reopenWith(options);
      const health = subject.engine.health();
      assert.ok(!health.ready);
      assert.match(health.message, new RegExp(`Guest ${what} ".*/none" is missing`));
      await assert.rejects(async () => await runs(), (error) => {
        assert.match(
          describe(error),
          new RegExp(`^Cannot run a VM: Guest ${what} ".*" is missing`),
        );
        return hasCode(error, "Unavailable");
      });
      const { pid } = await subject.engine.sandboxInfo(pod.id);
      assert.equal(typeof pid, "number", "what runs is told of all the same");
      await subject.reopenWith({});
    }
    assert.ok(subject.engine.health().ready);
    await subject.engine.removeSandbox(pod.id);
  },
);

failureTest(
  "a kernel and an initrd that are broken fail the sandbox with QEMU's or the kernel's words",
  async () => {
    const broken = `${subject.dir}/broken`;
    await Deno.mkdir(broken);
    await Deno.writeTextFile(`${broken}/file`, "neither kernel nor initrd".repeat(100));
    await Deno.copyFile(`${guestDirectory()}/guest.json`, `${broken}/guest.json`);
    await subject.reopenWith({ kernel: `${broken}/file` });
    await fails("Unavailable", /QEMU ended with code 1: .*kernel/, runs());
    await assertNothingLeft();
    await subject.reopenWith({ initrd: `${broken}/file` });
    await fails("Unavailable", /The guest crashed, its console says ".*panic/, runs());
    await subject.reopenWith({});
  },
);

failureTest("a guest that hangs at boot is given up with its last words", async () => {
  const dir = `${subject.dir}/hangs`;
  await Deno.mkdir(dir);
  await Deno.writeTextFile(
    `${dir}/init.c`,
    '#include <unistd.h>\nint main(void) { write(1, "init hangs here\\n", 16); for (;;) pause(); }\n',
  );
  await run("gcc", ["-static", `-o${dir}/init`, `${dir}/init.c`]);
  await run("bash", ["-c", "mkdir dev; echo init | cpio -o -H newc > initrd.img"], { cwd: dir });
  await subject.reopenWith({ initrd: `${dir}/initrd.img`, bootTimeoutMs: 8_000 });
  await fails("DeadlineExceeded", /^Guest did not start within 8000 ms: its console /, runs());
  await subject.reopenWith({});
});

/** The pid of the only VM, once it is there. */
async function onlyVm(): Promise<number> {
  return await waitFor("a VM", { timeoutMs: boundMs, intervalMs: 5 }, async () => {
    for (const pid of await processes()) {
      if (/^qemu-system/.test(await systemProc.read(`${pid}/cmdline`) ?? "")) return pid;
    }
    return undefined;
  });
}

failureTest("a QEMU that is killed while it boots fails its sandbox with the reason", async () => {
  for (const afterMs of [0, 300, 2000]) {
    const failing = fails("Unavailable", /QEMU was ended by SIGKILL/, runs());
    const pid = await onlyVm();
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    Deno.kill(pid, "SIGKILL");
    await failing;
    await assertNothingLeft();
  }
});

/** The pod is down, with the reason, and can be removed. */
async function isDown(id: SandboxId): Promise<void> {
  const down = await waitFor("the pod's end", { timeoutMs: boundMs }, () => {
    const sandbox = subject.engine.sandbox(id);
    return sandbox?.state === "notready" ? sandbox : undefined;
  });
  assert.match(down.notReadyReason ?? "", /^The VM ended: QEMU was ended by SIGKILL/);
}

failureTest(
  "a QEMU that is killed ends its pod: what runs, what is made, and what is asked",
  async () => {
    await using pod = await runPod(subject, own);
    const id = await pod.start(obedient);
    const session = await pod.engine.exec(id, {
      command: ["/bin/sh", "-c", "echo on; sleep 1000"],
      tty: false,
      stdin: false,
    });
    const reader = session.stdout.getReader();
    assert.equal(new TextDecoder().decode((await reader.read()).value), "on\n");
    const metadata = { name: "second", attempt: 0 };
    const creating = fails(
      "Unavailable",
      /ended|closed|lost/,
      pod.create(pod.script("true", { metadata })),
    );
    const ended = assert.rejects(async () => {
      while (!(await reader.read()).done);
      await session.exit;
    });
    Deno.kill(await onlyVm(), "SIGKILL");
    await Promise.all([creating, ended]);
    const exited = await untilExited(subject.engine, id);
    assert.equal(exited.exitCode, 255);
    assert.match(exited.message, /QEMU was ended by SIGKILL/);
    await isDown(pod.id);
    await refuses("FailedPrecondition", pod.create(pod.script("true", { metadata })));
    assert.deepEqual(subject.engine.containers().map((one) => one.id), [id]);
    // What it held of the node is given back before anybody removes it.
    assert.deepEqual(await processes(), []);
    await waitFor("the lease", {}, async () => (await subject.network.leases()).length === 0);
    await pod.engine.stopContainer(id, 1000);
    await pod.engine.removeContainer(id);
  },
);

failureTest(
  "a QEMU that is killed while its pod is stopped does not hold the stop up",
  async () => {
    const pod = await runPod(subject, own);
    await pod.start("trap '' TERM; while :; do sleep 1000; done");
    const pid = await onlyVm();
    const stopping = pod.engine.stopSandbox(pod.id);
    Deno.kill(pid, "SIGKILL");
    const startMs = performance.now();
    await stopping;
    assert.ok(performance.now() - startMs < 20_000);
    await pod.engine.removeSandbox(pod.id);
    await pod.engine.removeSandbox(pod.id);
  },
);

failureTest("a full disk fails the sandbox, and the next one runs when there is room", async () => {
  const { podDirectory } = subject.options;
  await run("mount", ["-t", "tmpfs", "-o", "size=32m", "tmpfs", podDirectory]);
  try {
    await run("dd", ["if=/dev/zero", `of=${podDirectory}/ballast`, "bs=1M", "count=64"])
      .catch(() => {}); // It ends where the disk does.
    await fails("ResourceExhausted", /No space left on device|disk/i, runs());
    await Deno.remove(`${podDirectory}/ballast`);
    await assertNothingLeft();
    await using pod = await runPod(subject, own);
    const dir = `${subject.dir}/volume`;
    await Deno.mkdir(dir);
    const id = await pod.create(pod.script(obedient, { mounts: [mountOf(dir, "/v")] }));
    await pod.engine.startContainer(id);
    // The disk is full while the container writes: it is told, and the others live on.
    const writing = "dd if=/dev/urandom of=/big bs=1M count=48 conv=fsync";
    const { code, output } = await tryInside(pod, id, writing);
    assert.notEqual(code, 0);
    assert.match(output, /No space left|Input\/output error|I\/O error/);
    assert.equal(await inside(pod, id, "echo lives | tee /v/file"), "lives");
    assert.equal(known(pod.engine, id).state, "running");
  } finally {
    await run("umount", ["-l", podDirectory]);
  }
});

/** A disk without room below the records, until the end of the scope. */
async function fullRecords(): Promise<AsyncDisposable> {
  const dirs = ["sandboxes", "containers"].map((name) => `${subject.options.directory}/${name}`);
  for (const dir of dirs) {
    const full = `${subject.dir}/full`;
    await run("mkdir", ["-p", full]);
    await run("mount", ["-t", "tmpfs", "-o", "size=256k,mode=700", "tmpfs", full]);
    await run("cp", ["-a", `${dir}/.`, full]);
    await run("dd", ["if=/dev/zero", `of=${full}/ballast`, "bs=4k", "count=64"]).catch(() => {});
    await run("mount", ["--move", full, dir]);
  }
  return {
    async [Symbol.asyncDispose]() {
      for (const dir of dirs) {
        await run("umount", [dir]);
        // What was removed meanwhile is in the directory below yet.
        for (const name of await namesIn(dir)) await Deno.remove(`${dir}/${name}`);
      }
    },
  };
}

failureTest("a VM that ends while nothing can be written down is told as ended", async () => {
  const pod = await runPod(subject, own);
  const lives = "trap '' TERM; while :; do sleep 1000; done";
  const ids = [
    await pod.start(lives, { metadata: { name: "one", attempt: 0 } }),
    await pod.start(lives, { metadata: { name: "two", attempt: 0 } }),
  ];
  {
    await using _full = await fullRecords();
    Deno.kill(await onlyVm(), "SIGKILL");
    await waitFor(
      "the end to be told",
      {},
      async () => (await subject.network.leases()).length === 0,
    );
    assert.equal(subject.engine.sandbox(pod.id)?.state, "notready");
    for (const id of ids) {
      const { exitCode } = await untilExited(pod.engine, id);
      assert.equal(exitCode, 255);
    }
    await removeWhenFull(pod.id);
  }
});

failureTest("a pod can be removed from a full disk, which frees it", async () => {
  const pod = await runPod(subject, own);
  await pod.start("trap '' TERM; while :; do sleep 1000; done");
  await using _full = await fullRecords();
  await removeWhenFull(pod.id);
  assert.deepEqual(await namesIn(subject.options.podDirectory), []);
});

/** A kubelet tries again; not for ever. */
async function removeWhenFull(id: SandboxId): Promise<void> {
  for (let tries = 1;; tries++) {
    try {
      return await subject.engine.removeSandbox(id);
    } catch (error) {
      assert.match(describe(error), /No space left/);
      if (tries === 8) throw error;
    }
  }
}

failureTest(
  "an image without what it is to run fails the start, and tells what is missing",
  async () => {
    const pause = "registry.k8s.io/pause:3.9";
    await subject.engine.pullImage(pause, undefined, new AbortController().signal);
    await using pod = await runPod(subject, own);
    const image = { image: pause, annotations: {}, userSpecifiedImage: pause, runtimeHandler: "" };
    const id = await pod.create(pod.script("true", { image }));
    await fails("Unknown", /Cannot start container .*\/bin\/sh/, pod.engine.startContainer(id));
    const { exitCode, reason, message } = await untilExited(pod.engine, id);
    assert.deepEqual([exitCode, reason], [128, "ContainerCannotRun"]);
    assert.match(message, /\/bin\/sh/);
    await pod.engine.removeContainer(id);
    // The pod is none the worse.
    assert.deepEqual(
      await (async () => {
        await pod.end("echo fine");
        return linesOf(await pod.log());
      })(),
      ["fine"],
    );
  },
);

Deno.test("an id that is none leaves every verb unharmed", async () => {
  const none = sandboxId("../../etc");
  await subject.engine.stopSandbox(none);
  await subject.engine.removeSandbox(none);
  const pod = new Pod(subject, none, podRequest(subject));
  await refuses("NotFound", pod.create(pod.script("true")));
});
