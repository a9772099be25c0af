import assert from "node:assert/strict";
import { unavailable } from "../../../lib/errors.ts";
import { silentLogger } from "../../../lib/log.ts";
import { type AccelDeps, chooseAcceleration } from "./acceleration.ts";

/** A host on which only `boots` come up; counts the attempts and the warnings. */
async function withHost(
  boots: readonly string[],
  test: (host: { tried: string[]; warnings: string[]; deps: AccelDeps }) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "frakti-accel-" });
  const tried: string[] = [];
  const warnings: string[] = [];
  const deps: AccelDeps = {
    log: { ...silentLogger, warn: (_, fields) => warnings.push(String(fields?.["reason"])) },
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
      const { acceleration } = await chooseAcceleration("auto", deps);
      assert.deepEqual(acceleration, { accel: "kvm", cpu: "host" });
    }
    assert.deepEqual(tried, ["kvm host"]);
  });
});

Deno.test("a host that cannot pass its own processor on gets a plainer one", async () => {
  await withHost(["kvm64"], async ({ deps }) => {
    assert.equal((await chooseAcceleration("auto", deps)).acceleration.cpu, "kvm64");
  });
});

Deno.test("where guests hang, emulation is chosen, with a warning at every start", async () => {
  await withHost([], async ({ tried, warnings, deps }) => {
    for (let times = 0; times < 2; times++) {
      const { acceleration, reason } = await chooseAcceleration("auto", deps);
      assert.deepEqual(acceleration, { accel: "tcg", cpu: "max" });
      assert.match(reason, /"host": It hangs; processor "kvm64": It hangs/);
    }
    assert.deepEqual(tried, ["kvm host", "kvm kvm64"]);
    assert.equal(warnings.length, 2);
  });
});

Deno.test("an attempt that is ended from outside chooses nothing, for now and for later", async () => {
  await withHost([], async ({ tried, deps }) => {
    const stop = new AbortController();
    const tryBoot: AccelDeps["tryBoot"] = (acceleration) => {
      stop.abort();
      return deps.tryBoot(acceleration);
    };
    await assert.rejects(chooseAcceleration("auto", { ...deps, tryBoot, signal: stop.signal }));
    assert.deepEqual(tried, ["kvm host"]);
    await chooseAcceleration("auto", deps);
    assert.deepEqual(tried, ["kvm host", "kvm host", "kvm kvm64"]);
  });
});

Deno.test("after a reboot or with another guest the boot is tried anew", async () => {
  await withHost(["host"], async ({ tried, deps }) => {
    await chooseAcceleration("auto", deps);
    await chooseAcceleration("auto", { ...deps, fingerprint: () => Promise.resolve("boot-2") });
    assert.equal(tried.length, 2);
  });
});

Deno.test("without /dev/kvm, or when configured, nothing is booted", async () => {
  await withHost(["host"], async ({ tried, deps }) => {
    const none = { ...deps, hasKvm: () => Promise.resolve(false) };
    assert.equal((await chooseAcceleration("auto", none)).acceleration.accel, "tcg");
    assert.equal((await chooseAcceleration("kvm", deps)).acceleration.accel, "kvm");
    assert.equal((await chooseAcceleration("tcg", deps)).acceleration.accel, "tcg");
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
      assert.equal((await chooseAcceleration("auto", deps)).acceleration.cpu, "host");
    }
    assert.equal(tried.length, 3);
  });
});
