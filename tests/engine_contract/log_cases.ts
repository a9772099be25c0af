/** The contract of logs: complete when the container is exited, moved on when asked. */

import assert from "node:assert/strict";
import { waitFor } from "../support/wait.ts";
import { linesOf, obedient, runPod, untilExited } from "./pods.ts";
import type { ContractCase } from "./subject.ts";

const lineCount = 20_000;

export const logCases: readonly ContractCase[] = [
  {
    name: "the log is complete when the container is exited, whoever looks first",
    needs: ["processes"],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const { promise, resolve } = Promise.withResolvers<string>();
      const stop = engine.onEvent((event) => {
        if (event.sandboxId !== pod.id || event.subject !== "container") return;
        // At the very event, before anything else of this process runs.
        if (event.kind === "stopped") {
          resolve(Deno.readTextFileSync(`${pod.config.logDirectory}/main.log`));
        }
      });
      try {
        await pod.start(`seq ${lineCount}; echo the last >&2`);
        const log = await promise;
        const numbers = Array.from({ length: lineCount }, (_, index) => String(index + 1));
        assert.deepEqual(linesOf(log, "stdout"), numbers);
        assert.deepEqual(linesOf(log, "stderr"), ["the last"]);
      } finally {
        stop();
      }
    },
  },
  {
    name: "the log exists once the container has started, even if it says nothing",
    needs: ["processes"],
    async run(subject) {
      await using pod = await runPod(subject);
      await pod.start("sleep 1000");
      assert.equal(await pod.log(), "");
    },
  },
  {
    name: "what comes after a reopen goes to a new file, and the two together are complete",
    needs: ["processes"],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      // It outlives the command that ends it, which would end with it otherwise.
      const count = "i=$((i+1)); echo $i; sleep 0.01";
      const script = `i=0; while [ ! -e /stop ]; do ${count}; done; sleep 1`;
      const id = await pod.start(script);
      const path = `${pod.config.logDirectory}/main.log`;
      const grows = (text: string) => linesOf(text).length > 3;
      await waitFor("the log grows", {}, async () => grows(await pod.log()));
      await Deno.rename(path, `${path}.1`);
      await engine.reopenContainerLog(id);
      await waitFor("the new log grows", {}, async () => grows(await pod.log()));
      await pod.in(id, "touch /stop");
      await untilExited(engine, id);
      const lines = [...linesOf(await Deno.readTextFile(`${path}.1`)), ...linesOf(await pod.log())];
      assert.deepEqual(lines, lines.map((_, index) => String(index + 1)));
    },
  },
  {
    name: "a container without a log path leaves no file and can be stopped",
    needs: ["processes"],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      const id = await pod.start(`echo unheard; ${obedient}`, { logPath: "" });
      assert.equal(engine.container(id)?.logPath, "");
      await engine.stopContainer(id, 0);
      assert.equal(engine.container(id)?.state, "exited");
    },
  },
];
