/** The contract of connections to localhost inside a pod. */

import { sandboxId } from "../../src/engines/ids.ts";
import { refuses, runPod } from "./pods.ts";
import type { ContractCase } from "./subject.ts";

export const dialCases: readonly ContractCase[] = [
  {
    name: "a connection into a sandbox that is unknown or not ready, or to no port, is refused",
    needs: [],
    async run(subject) {
      const { engine } = subject;
      await using pod = await runPod(subject);
      await refuses("NotFound", engine.dial(sandboxId("0".repeat(64)), 80));
      for (const port of [0, -1, 65_536, 1.5]) {
        await refuses("InvalidArgument", engine.dial(pod.id, port));
      }
      await engine.stopSandbox(pod.id);
      await refuses("FailedPrecondition", engine.dial(pod.id, 80));
    },
  },
];
