/** The contract of processes: how they end, and what the containers of a pod share. */

import assert from "node:assert/strict";
import { describe } from "../../src/lib/errors.ts";
import { noResources, podNamespaces } from "../support/configs.ts";
import { obedient, runPod, untilExited } from "./pods.ts";
import type { ContractCase } from "./subject.ts";

const memoryLimitBytes = 24n * 1024n * 1024n; // A shell and little more; below it runc cannot start.

/** Under load containerd misses about one in fifteen, and Docker says what containerd says. */
const oomAttempts = 3;

/** How a script ends, with the container's exit code and reason. */
const ends = [
  { what: "ends well", script: "exit 0", exitCode: 0, reason: "Completed" },
  { what: "fails", script: "exit 3", exitCode: 3, reason: "Error" },
  { what: "kills itself", script: "sh -c 'kill -9 $$'; exit $?", exitCode: 137, reason: "Error" },
];

export const processCases: readonly ContractCase[] = [
  ...ends.map(({ what, script, exitCode, reason }): ContractCase => ({
    name: `a process that ${what} is exited with code ${exitCode} and reason ${reason}`,
    needs: ["processes"],
    async run(subject) {
      await using pod = await runPod(subject);
      const ended = await pod.end(script);
      assert.deepEqual([ended.exitCode, ended.reason], [exitCode, reason]);
      assert.ok(ended.startedAtNs > 0n);
      assert.ok(ended.finishedAtNs >= ended.startedAtNs);
    },
  })),
  {
    name: "a process ended by a signal has 128 and the signal's number as its code",
    needs: ["processes", "signals"],
    async run(subject) {
      // The first process of a namespace ignores signals from inside; with a shared one it is not.
      const namespaces = { ...podNamespaces, pid: "pod" as const };
      await using pod = await runPod(subject, { security: { namespaces } });
      const security = { ...pod.script("").security, namespaces };
      const ended = await pod.end("kill -TERM $$; sleep 1000", { security });
      assert.deepEqual([ended.exitCode, ended.reason], [143, "Error"]);
    },
  },
  {
    name: "a command that does not exist fails the start, and the container is exited with why",
    needs: ["processes", "startErrors"],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const id = await pod.create({ ...pod.script(""), command: ["/no/such/program"] });
      await assert.rejects(
        engine.startContainer(id),
        (error) => describe(error).includes("/no/such/program"),
      );
      const ended = await untilExited(engine, id);
      assert.notEqual(ended.exitCode, 0);
      assert.match(ended.message, /no\/such\/program/);
      assert.equal(ended.startedAtNs, 0n);
    },
  },
  {
    name: "a process that takes more memory than its limit is exited as OOMKilled",
    needs: ["processes", "limits"],
    async run(subject) {
      await using pod = await runPod(subject);
      const resources = {
        ...noResources,
        memoryLimitBytes,
        memorySwapLimitBytes: memoryLimitBytes,
      };
      const reasons = new Set<string>();
      for (let attempt = 0; attempt < oomAttempts && !reasons.has("OOMKilled"); attempt++) {
        const metadata = { name: "eater", attempt };
        const script = "exec dd if=/dev/zero of=/dev/null bs=200M";
        const ended = await pod.end(script, { metadata, resources });
        assert.equal(ended.exitCode, 137);
        reasons.add(ended.reason);
      }
      assert.ok(reasons.has("OOMKilled"), `Only ${[...reasons]}`);
    },
  },
  {
    name: "containers of a pod share its network",
    needs: ["processes"],
    async run(subject) {
      await using pod = await runPod(subject);
      await pod.start("nc -l -p 8080 -e echo from port", {
        metadata: { name: "server", attempt: 0 },
      });
      const client = await pod.end(
        "for i in $(seq 100); do nc 127.0.0.1 8080 </dev/null && exit; sleep 0.1; done; exit 1",
        { metadata: { name: "client", attempt: 0 } },
      );
      assert.equal(client.exitCode, 0);
      assert.match(await pod.log("client"), /from port\n/);
    },
  },
  {
    name: "containers of a pod share its shared memory",
    needs: ["processes", "sharedMemory"],
    async run(subject) {
      await using pod = await runPod(subject);
      await pod.end("echo from shared memory >/dev/shm/note");
      await pod.end("cat /dev/shm/note", { metadata: { name: "reader", attempt: 0 } });
      assert.match(await pod.log("reader"), /from shared memory\n/);
    },
  },
  {
    name: "one container's end leaves the others of its pod running",
    needs: ["processes"],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const other = await pod.start(obedient, { metadata: { name: "other", attempt: 0 } });
      await pod.end("exit 1");
      assert.equal(engine.container(other)?.state, "running");
      assert.equal(engine.sandbox(pod.id)?.state, "ready");
    },
  },
];
