import assert from "node:assert/strict";
import { unavailable } from "../../../lib/errors.ts";
import { silentLogger } from "../../../lib/log.ts";
import {
  type AccelChoice,
  type AccelDeps,
  type AccelSetting,
  chooseAcceleration,
  rememberAcceleration,
} from "./acceleration.ts";

interface Host {
  readonly tried: string[];
  readonly warnings: string[];
  readonly deps: AccelDeps;
}

/** What a start does. */
async function choose(setting: AccelSetting, deps: AccelDeps): Promise<AccelChoice> {
  const choice = await chooseAcceleration(setting, deps);
  await rememberAcceleration(choice, deps);
  return choice;
}

/** A host on which only `boots` come up; counts the attempts and the warnings. */
async function withHost(
  boots: readonly string[],
  test: (host: Host) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "frakti-accel-" });
  const tried: string[] = [];
  const warnings: string[] = [];
  const deps: AccelDeps = {
    log: { ...silentLogger, warn: (message) => warnings.push(message) },
    tryBoot({ accel, cpu }) {
      tried.push(`${accel} ${cpu}`);
      return boots.includes(cpu) ? Promise.resolve() : Promise.reject(unavailable("It hangs"));
    },
    hasKvm: () => Promise.resolve(true),
    fingerprint: () => Promise.resolve("boot-1"),
    memoryPath: `${dir}/acceleration.json`,
  };
  try {
    await test({ tried, warnings, deps });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("KVM is taken when the guest boots with it, and not tried again", async () => {
  await withHost(["host"], async ({ tried, deps }) => {
    for (let times = 0; times < 2; times++) {
      const { acceleration } = await choose("auto", deps);
      assert.deepEqual(acceleration, { accel: "kvm", cpu: "host" });
    }
    assert.deepEqual(tried, ["kvm host"]);
  });
});

Deno.test("a host that cannot pass its own processor on gets a plainer one", async () => {
  await withHost(["kvm64"], async ({ deps }) => {
    assert.equal((await choose("auto", deps)).acceleration.cpu, "kvm64");
  });
});

Deno.test("where guests hang, emulation is chosen, and KVM is tried at every start", async () => {
  await withHost([], async ({ tried, deps }) => {
    for (let times = 1; times <= 2; times++) {
      const { acceleration, reason } = await choose("auto", deps);
      assert.deepEqual(acceleration, { accel: "tcg", cpu: "max" });
      assert.match(reason, /"host": It hangs; processor "kvm64": It hangs/);
      assert.equal(tried.length, 2 * times);
    }
    const mended = { ...deps, tryBoot: () => Promise.resolve() };
    assert.equal((await choose("auto", mended)).acceleration.accel, "kvm");
    assert.equal((await choose("auto", deps)).acceleration.accel, "kvm");
  });
});

Deno.test("KVM is chosen also where that can neither be remembered nor recalled", async () => {
  await withHost(["host"], async ({ warnings, deps }) => {
    await Deno.mkdir(deps.memoryPath);
    const { acceleration } = await choose("auto", deps);
    assert.deepEqual(acceleration, { accel: "kvm", cpu: "host" });
    assert.deepEqual(warnings, [
      "Remembered acceleration cannot be read",
      "Acceleration cannot be remembered",
    ]);
  });
});

Deno.test("an attempt that is ended from outside chooses nothing, for now and for later", async () => {
  await withHost([], async ({ tried, deps }) => {
    const stop = new AbortController();
    const tryBoot: AccelDeps["tryBoot"] = (acceleration) => {
      stop.abort();
      return deps.tryBoot(acceleration);
    };
    await assert.rejects(choose("auto", { ...deps, tryBoot, signal: stop.signal }));
    assert.deepEqual(tried, ["kvm host"]);
    await choose("auto", deps);
    assert.deepEqual(tried, ["kvm host", "kvm host", "kvm kvm64"]);
  });
});

Deno.test("after a reboot or with another guest the boot is tried anew", async () => {
  await withHost(["host"], async ({ tried, deps }) => {
    await choose("auto", deps);
    await choose("auto", { ...deps, fingerprint: () => Promise.resolve("boot-2") });
    assert.equal(tried.length, 2);
  });
});

Deno.test("without /dev/kvm, or when configured, nothing is booted", async () => {
  await withHost(["host"], async ({ tried, deps }) => {
    const none = { ...deps, hasKvm: () => Promise.resolve(false) };
    assert.equal((await choose("auto", none)).acceleration.accel, "tcg");
    assert.equal((await choose("kvm", deps)).acceleration.accel, "kvm");
    assert.equal((await choose("tcg", deps)).acceleration.accel, "tcg");
    assert.deepEqual(tried, []);
  });
});

Deno.test("a memory that makes no sense is not believed", async () => {
  await withHost(["host"], async ({ tried, deps }) => {
    const known = { version: 1, fingerprint: "boot-1" };
    for (
      const text of [
        "{",
        "7",
        JSON.stringify({ ...known, acceleration: { accel: "kvm", cpu: "x,y" } }),
      ]
    ) {
      await Deno.writeTextFile(deps.memoryPath, text);
      assert.equal((await choose("auto", deps)).acceleration.cpu, "host");
    }
    assert.equal(tried.length, 3);
  });
});
