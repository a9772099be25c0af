import assert from "node:assert/strict";
import { silentLogger } from "../../lib/log.ts";
import type { CgroupDirs } from "../../stats/mod.ts";
import { containerId, sandboxId } from "../ids.ts";
import { OomKills, type PodContainer } from "./oom_kills.ts";

const pod = "/sys/fs/cgroup/kubepods.slice/kubepods-pod1.slice";
const id = sandboxId("5a0d".repeat(16));

/** A pod's groups by the pids of their first processes, with the kernel's counts. */
class FakePod {
  readonly groups = new Map<number, CgroupDirs>([[1, { version: 2, dir: `${pod}/pause` }]]);
  readonly kills = new Map<string, number>([[pod, 0]]);
  readonly containers: PodContainer[] = [];
  /** Nothing can be read. */
  isBroken = false;
  readonly subject: OomKills;

  constructor(cgroupParent = "kubepods-pod1.slice") {
    this.subject = new OomKills({
      ledger: {
        sandboxes: { get: () => ({ config: { cgroupParent } }) },
        containersOf: () => this.containers,
      },
      log: silentLogger,
      groups: { find: (pid) => Promise.resolve(this.groups.get(pid)) },
      read: (path) => {
        if (this.isBroken) return Promise.reject(new Error("Too many open files"));
        const count = this.kills.get(path.replace("/memory.events", ""));
        return Promise.resolve(count === undefined ? undefined : `oom 9\noom_kill ${count}\n`);
      },
    });
  }

  run(name: string, pid: number): PodContainer {
    const phase = { state: "running", startedAtNs: 1n, pid } as const;
    const record = { id: containerId(name), sandboxId: id, phase };
    this.containers.push(record);
    this.groups.set(pid, { version: 2, dir: `${pod}/${name}` });
    this.kills.set(`${pod}/${name}`, 0);
    return record;
  }

  /** The kernel kills processes of a container. */
  kill({ id }: PodContainer, count = 1): void {
    for (const dir of [pod, `${pod}/${id}`]) {
      this.kills.set(dir, (this.kills.get(dir) ?? 0) + count);
    }
  }

  /** Its processes have ended and its group is gone; nobody has noted that. */
  vanish({ id, phase }: PodContainer): void {
    if (phase.state === "running") this.groups.delete(phase.pid);
    this.kills.delete(`${pod}/${id}`);
  }

  /** The container has ended, and that is noted: was it for want of memory? */
  async end(record: PodContainer): Promise<boolean> {
    this.vanish(record);
    const answer = await this.subject.endedBy(record);
    this.containers.splice(this.containers.indexOf(record), 1);
    return answer;
  }
}

Deno.test("what was killed in a container that ended is told of that one, once", async () => {
  const fake = new FakePod();
  await fake.subject.watch(id, 1);
  const [greedy, other] = [fake.run("greedy", 2), fake.run("other", 3)];
  fake.kill(greedy, 2);
  assert.equal(await fake.end(greedy), true);
  assert.equal(await fake.end(other), false);
  const again = fake.run("again", 4);
  fake.kill(again);
  assert.equal(await fake.end(again), true);
});

Deno.test("what is killed in a container that goes on is told of that one at its end", async () => {
  const fake = new FakePod();
  await fake.subject.watch(id, 1);
  const [goesOn, ends] = [fake.run("goes-on", 2), fake.run("ends", 3)];
  fake.kill(goesOn);
  assert.equal(await fake.end(ends), false);
  fake.kill(goesOn);
  assert.equal(await fake.end(goesOn), true);
});

Deno.test("of two that end at once each gets its own kill", async () => {
  const fake = new FakePod();
  await fake.subject.watch(id, 1);
  const [one, two] = [fake.run("one", 2), fake.run("two", 3)];
  fake.kill(one);
  fake.kill(two);
  fake.vanish(two);
  assert.equal(await fake.end(one), true);
  assert.equal(await fake.end(two), true);
});

Deno.test("a pid that belongs to a process elsewhere by now is none of the pod's", async () => {
  const fake = new FakePod();
  await fake.subject.watch(id, 1);
  const [one, two] = [fake.run("one", 2), fake.run("two", 3)];
  fake.kill(one);
  fake.vanish(two);
  fake.groups.set(3, { version: 2, dir: "/sys/fs/cgroup/system.slice/sshd.service" });
  fake.kills.set("/sys/fs/cgroup/system.slice/sshd.service", 7);
  assert.equal(await fake.end(one), true);
});

Deno.test("what was killed before a pod is watched is no news", async () => {
  const fake = new FakePod();
  const running = fake.run("running", 2);
  fake.kills.set(pod, 5); // Three in those that have ended, two in this one.
  fake.kills.set(`${pod}/running`, 2);
  await fake.subject.watch(id, 1);
  const next = fake.run("next", 3);
  assert.equal(await fake.end(next), false);
  assert.equal(await fake.end(running), true);
});

Deno.test("nothing is told of a pod without a group of its own, on cgroup v1, or that is gone", async () => {
  const without = new FakePod("");
  const elsewhere = new FakePod("/kubepods/pod2");
  const old = new FakePod();
  old.groups.set(1, { version: 1, memory: `${pod}/pause` });
  const gone = new FakePod();
  gone.groups.delete(1);
  const forgotten = new FakePod();
  for (const fake of [without, elsewhere, old, gone, forgotten]) {
    await fake.subject.watch(id, 1);
    const greedy = fake.run("greedy", 2);
    fake.kill(greedy);
    if (fake === forgotten) fake.subject.forget(id);
    assert.equal(await fake.end(greedy), false);
  }
});

Deno.test("counts that cannot be read hold no end up, and are told at a later one", async () => {
  const fake = new FakePod();
  fake.isBroken = true;
  await fake.subject.watch(id, 1);
  const [first, next] = [fake.run("first", 2), fake.run("next", 3)];
  assert.equal(await fake.end(first), false);
  fake.isBroken = false;
  fake.kill(next);
  assert.equal(await fake.end(next), true);
});
