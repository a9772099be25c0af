import assert from "node:assert/strict";
import { type HostProcess, type HostProcesses, parseStat } from "./host_processes.ts";
import { execMembers, findExecProcess, killExecTree } from "./kill_tree.ts";

const container = "c".repeat(64);
const inside = `5:memory:/kubepods/pod1/${container}\n`;
const outside = "5:memory:/system\n";

/** A host whose processes die when they are killed. */
class FakeHost implements HostProcesses {
  readonly killed: number[] = [];

  constructor(
    public processes: HostProcess[],
    readonly cgroups: Readonly<Record<number, string>> = {},
    readonly directories: Readonly<Record<number, string>> = {},
  ) {}

  list(): Promise<readonly HostProcess[]> {
    return Promise.resolve([...this.processes]);
  }

  cgroupsOf(pid: number): Promise<string> {
    const isAlive = this.processes.some((process) => process.pid === pid);
    return Promise.resolve(isAlive ? this.cgroups[pid] ?? inside : "");
  }

  directoryOf(pid: number): Promise<string> {
    return Promise.resolve(this.directories[pid] ?? "/");
  }

  kill(pid: number): boolean {
    const before = this.processes.length;
    this.processes = this.processes.filter((process) => process.pid !== pid);
    if (this.processes.length === before) return false;
    this.killed.push(pid);
    return true;
  }
}

function process(pid: number, parentPid: number, sessionId: number): HostProcess {
  return { pid, parentPid, sessionId };
}

Deno.test("the process, its descendants and its session are killed, others are not", async () => {
  const host = new FakeHost([
    process(1, 0, 1),
    process(100, 1, 100), // The container's first process.
    process(200, 1, 200), // The exec.
    process(201, 200, 200),
    process(202, 201, 202), // A grandchild in a session of its own.
    process(203, 100, 200), // Orphaned, but still in the exec's session.
    process(300, 1, 300), // Another exec.
  ]);
  assert.equal(await killExecTree(host, 200, container), 4);
  assert.deepEqual(host.killed.toSorted(), [200, 201, 202, 203]);
});

Deno.test("an orphan is found after its parents are gone", async () => {
  const host = new FakeHost([process(100, 1, 100), process(203, 100, 200)]);
  await killExecTree(host, 200, container);
  assert.deepEqual(host.killed, [203]);
});

Deno.test("a pid that was given to another process is left alone", async () => {
  const host = new FakeHost([process(200, 1, 200), process(201, 200, 200)], {
    200: outside,
    201: outside,
  });
  assert.equal(await killExecTree(host, 200, container), 0);
  assert.deepEqual(host.killed, []);
});

Deno.test("what is forked during the kill is killed as well", async () => {
  const host = new FakeHost([process(200, 1, 200)]);
  const kill = host.kill.bind(host);
  host.kill = (pid) => {
    if (pid === 200) host.processes.push(process(210, 1, 200));
    return kill(pid);
  };
  await killExecTree(host, 200, container);
  assert.deepEqual(host.killed, [200, 210]);
});

Deno.test("an engine that tells no pid has a shim that is named after the exec", async () => {
  const processes = [
    process(1, 0, 1),
    process(50, 1, 50),
    process(60, 1, 60),
    process(200, 60, 200),
  ];
  const host = new FakeHost(processes, {}, { 50: "/run/c/exec-a", 60: "/run/c/exec-b" });
  assert.equal(await findExecProcess(host, "exec-b"), 200);
  assert.equal(await findExecProcess(host, "exec-a"), 0);
});

Deno.test("a process that is its own parent does not hang the search", () => {
  assert.deepEqual(execMembers([process(200, 200, 200)], 200), [200]);
});

for (
  const [text, expected] of [
    ["12 (sh) S 1 12 12 0 -1", process(12, 1, 12)],
    ["12 (a) b (c) ) S 7 8 9 0", process(12, 7, 9)],
    ["12 (x\n) S 99 (y) S 1 2 3", process(12, 1, 3)],
    ["", undefined],
    ["12", undefined],
    ["x (y) S 1 2 3", undefined],
  ] as const
) {
  Deno.test(`/proc's line ${JSON.stringify(text)} is read`, () => {
    assert.deepEqual(parseStat(text), expected);
  });
}
