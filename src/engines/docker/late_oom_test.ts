import assert from "node:assert/strict";
import { notFound, unavailable } from "../../lib/errors.ts";
import { FakeClock } from "../../lib/fake_clock.ts";
import { containerId } from "../ids.ts";
import type { DockerState } from "./client/mod.ts";
import { noteOom, withLateOom } from "./late_oom.ts";
import type { ContainerPhase } from "./records.ts";

const killed: DockerState = {
  status: "exited",
  oomKilled: false,
  pid: 0,
  exitCode: 137,
  error: "",
  startedAtNs: 1n,
  finishedAtNs: new FakeClock().nowNs(),
};

/** What is told of `state`, when each further look finds the next of `later`, and how many were taken. */
async function told(state: DockerState, later: readonly DockerState[] = []) {
  const clock = new FakeClock();
  let looks = 0;
  let newest: DockerState | undefined;
  withLateOom(clock, state, async () => later[looks++] ?? state).then((told) => newest = told);
  await clock.advance(5_000);
  assert.equal(clock.pending, 0);
  assert.ok(newest);
  return { newest, looks };
}

Deno.test("an OOM kill that Docker learns of late is told", async () => {
  const oom = { ...killed, oomKilled: true };
  assert.deepEqual(await told(killed, [killed, oom]), { newest: oom, looks: 2 });
});

Deno.test("an end by SIGKILL that is none is told after a while", async () => {
  assert.deepEqual(await told(killed), { newest: killed, looks: 5 });
});

Deno.test("all other ends are told at once", async () => {
  const others: readonly DockerState[] = [
    { ...killed, exitCode: 1 },
    { ...killed, exitCode: 0 },
    { ...killed, oomKilled: true },
    { ...killed, status: "running", exitCode: 0 },
    { ...killed, finishedAtNs: killed.finishedAtNs - 60_000_000_000n }, // While frakti was away.
  ];
  for (const other of others) assert.deepEqual(await told(other), { newest: other, looks: 0 });
});

Deno.test("the end of a container that is removed meanwhile stays as it was told", async () => {
  const clock = new FakeClock();
  const told = withLateOom(clock, killed, () => Promise.reject(new Error("No such container")));
  await clock.advance(5_000);
  assert.deepEqual(await told, killed);
});

/** Which reasons are noted for a container of this phase when Docker tells of an OOM kill. */
async function noted(
  phase: ContainerPhase | undefined,
  state: DockerState | Error,
): Promise<string[]> {
  const reasons: string[] = [];
  const ends = {
    containers: { get: () => phase === undefined ? undefined : { phase } },
    containerReason: (_id: unknown, reason: string) => Promise.resolve(void reasons.push(reason)),
  };
  const look = () => state instanceof Error ? Promise.reject(state) : Promise.resolve(state);
  await noteOom(ends, containerId("c"), look);
  return reasons;
}

Deno.test("an end that was told before Docker knew of the OOM kill gets that reason", async () => {
  const oom = { ...killed, oomKilled: true };
  const end = { startedAtNs: 1n, finishedAtNs: 2n, exitCode: 137, message: "" };
  const told = { ...end, state: "exited", reason: "Error" } as const;
  assert.deepEqual(await noted(told, oom), ["OOMKilled"]);
  assert.deepEqual(await noted(told, killed), []);
  assert.deepEqual(await noted({ ...told, reason: "OOMKilled" }, oom), []);
  assert.deepEqual(await noted({ ...told, exitCode: 0, reason: "Completed" }, oom), []);
  assert.deepEqual(await noted({ state: "running", startedAtNs: 1n, pid: 1 }, oom), []);
  assert.deepEqual(await noted(undefined, oom), []);
  assert.deepEqual(await noted(told, notFound("No such container")), []);
  await assert.rejects(noted(told, unavailable("Docker is away")), /Docker is away/);
});
