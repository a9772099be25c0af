import assert from "node:assert/strict";
import { type Clock, systemClock as clock } from "../../lib/clock.ts";
import { unavailable } from "../../lib/errors.ts";
import { FakeClock } from "../../lib/fake_clock.ts";
import { silentLogger as log } from "../../lib/log.ts";
import { type ProcessRunner, systemProcesses as processes } from "../../lib/process.ts";
import { detachedProcesses as starter } from "../../lib/detached.ts";
import { Readiness, type ReadinessParts } from "./readiness.ts";
import { accelerationMemory, systemProc, VmLauncher } from "./vm/mod.ts";

const binary = "qemu-system-x86_64";

function launcherOn(stateDirectory: string, clock: Clock): VmLauncher {
  const deps = { clock, log, processes, starter, proc: systemProc };
  return new VmLauncher({ stateDirectory, qemuBinary: binary }, deps);
}

Deno.test("a machine on which the guest's programs are not its own runs no VMs, and says so", async () => {
  const stateDirectory = "/nonexistent";
  const launcher = launcherOn(stateDirectory, clock);
  const paths = { binary, kernel: "/nonexistent/vmlinux", initrd: "/nonexistent/initrd.img" };
  const readiness = new Readiness(
    { ...paths, arch: "aarch64", accel: "tcg", bootId: "b", stateDirectory },
    { processes, launcher, clock, log },
  );
  await readiness.start();
  const health = readiness.health();
  await readiness.close();
  assert.ok(!health.ready);
  assert.match(health.message, /VMs need an x86_64 machine, this one is aarch64/);
});

const anyQemu: ProcessRunner = {
  run: () =>
    Promise.resolve({
      ...{ code: 0, signal: null, timedOut: false, truncated: false },
      stdout: new TextEncoder().encode("QEMU emulator version 7.2.19\n"),
      stderr: new Uint8Array(),
    }),
};

const facts = { version: 1, protocol: 1, commandLine: "quiet", overheadMb: 77, minimumMb: 96 };

/** A node with a guest, whose KVM is as the test says; `pass` lets time go by. */
class Node {
  readonly clock = new FakeClock();
  readonly tried: string[] = [];
  readonly warnings: string[] = [];
  hasKvm = true;
  boots = false;
  readonly #readiness: Readiness;

  constructor(readonly dir: string, parts: Partial<ReadinessParts> = {}) {
    const [kernel, initrd] = [`${dir}/vmlinux`, `${dir}/initrd.img`];
    this.#readiness = new Readiness(
      { binary, kernel, initrd, accel: "auto", bootId: "b", stateDirectory: dir },
      {
        processes: anyQemu,
        launcher: launcherOn(dir, this.clock),
        clock: this.clock,
        log: { ...log, warn: (message) => this.warnings.push(message) },
        hasKvm: () => Promise.resolve(this.hasKvm),
        tryBoot: ({ cpu }) => {
          this.tried.push(cpu);
          return this.boots ? Promise.resolve() : Promise.reject(unavailable("It hangs"));
        },
        ...parts,
      },
    );
  }

  get accel(): string {
    return this.#readiness.acceleration().accel;
  }

  async start(): Promise<void> {
    await this.#readiness.start();
  }

  /** Time goes by, from one look to the next. */
  async pass(minutes: number): Promise<void> {
    for (let half = 0; half < minutes * 2; half++) {
      await this.clock.advance(30_000);
      do await turn(); while (this.clock.pending === 0);
    }
  }

  /** Files are read and written meanwhile, at the disk's own pace; some time may go by. */
  async until(isSo: () => boolean): Promise<void> {
    for (let turns = 1; !isSo(); turns++) {
      assert.ok(turns < 2_000, String(isSo));
      await turn();
      if (turns % 100 === 0) await this.pass(0.5);
    }
  }

  close(): Promise<void> {
    return this.#readiness.close();
  }

  async bringGuest(): Promise<void> {
    for (const name of ["vmlinux", "initrd.img"]) {
      await Deno.writeTextFile(`${this.dir}/${name}`, "");
    }
    await Deno.writeTextFile(`${this.dir}/guest.json`, JSON.stringify(facts));
  }

  async takeGuest(): Promise<void> {
    await Deno.remove(`${this.dir}/vmlinux`);
  }
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 2));

async function withNode(
  test: (node: Node) => Promise<void>,
  parts: Partial<ReadinessParts> = {},
): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "frakti-ready-" });
  const node = new Node(dir, parts);
  try {
    await node.bringGuest();
    await test(node);
  } finally {
    await node.close();
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("a KVM on which guests hang is tried again every ten minutes, until one comes up", async () => {
  await withNode(async (node) => {
    await node.start();
    await node.until(() => node.warnings.length === 1);
    assert.deepEqual([node.tried, node.accel], [["host", "kvm64"], "tcg"]);
    await node.pass(9);
    assert.equal(node.tried.length, 2);
    await node.pass(1);
    await node.until(() => node.tried.length === 4);
    node.boots = true;
    await node.pass(9);
    assert.deepEqual([node.tried.length, node.accel], [4, "tcg"]);
    await node.pass(1);
    await node.until(() => node.accel === "kvm");
    await node.pass(30);
    assert.equal(node.tried.length, 5);
    assert.equal(node.warnings.length, 1); // Told once.
    await node.close();
    assert.match(await Deno.readTextFile(accelerationMemory(node.dir)), /"accel":"kvm"/);
  });
});

Deno.test("a /dev/kvm that comes later is tried when it is there", async () => {
  await withNode(async (node) => {
    node.hasKvm = false;
    node.boots = true;
    await node.start();
    await node.pass(20);
    await node.until(() => node.warnings.length === 1);
    assert.deepEqual([node.tried, node.accel], [[], "tcg"]);
    node.hasKvm = true;
    await node.pass(0.5);
    await node.until(() => node.accel === "kvm");
    assert.deepEqual(node.tried, ["host"]);
  });
});

Deno.test("KVM is tried when the guest's files come, and again when they come back", async () => {
  await withNode(async (node) => {
    await node.takeGuest();
    await node.start();
    assert.throws(() => node.accel, /VMs cannot be run/);
    await node.bringGuest();
    await node.pass(0.5);
    await node.until(() => node.tried.length === 2);
    assert.equal(node.accel, "tcg");
    await node.takeGuest();
    await node.pass(0.5);
    await node.bringGuest();
    node.boots = true;
    await node.pass(0.5);
    await node.until(() => node.accel === "kvm");
    assert.ok(node.clock.monotonicMs() < 600_000);
    assert.equal(node.tried.length, 3);
  });
});

Deno.test("KVM is used also where that cannot be remembered", async () => {
  await withNode(async (node) => {
    node.boots = true;
    await Deno.mkdir(`${accelerationMemory(node.dir)}.tmp`);
    await node.start();
    await node.until(() => node.warnings.length === 1);
    assert.equal(node.accel, "kvm");
    assert.deepEqual(node.warnings, ["Acceleration cannot be remembered"]);
  });
});

Deno.test("an attempt that goes on is not doubled, and ends with the engine", async () => {
  const attempt = Promise.withResolvers<void>();
  let tries = 0;
  const tryBoot = () => {
    tries++;
    return attempt.promise;
  };
  await withNode(async (node) => {
    await node.start();
    await node.until(() => tries === 1);
    await node.pass(25);
    assert.deepEqual([tries, node.accel], [1, "tcg"]);
    const closed = node.close();
    attempt.reject(unavailable("Given up"));
    await closed;
    assert.deepEqual([tries, node.warnings], [1, []]);
  }, { tryBoot });
});
