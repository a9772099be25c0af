import assert from "node:assert/strict";
import type { EngineName } from "../engines/domain.ts";
import { type EngineChoice, refusalOf } from "./left_out.ts";

/** The refusal of a configuration on a node with these pods. */
function refusal(
  choice: EngineChoice,
  pods: Readonly<Partial<Record<EngineName, number>>>,
): Promise<string | undefined> {
  return refusalOf(choice, (engine) => Promise.resolve(pods[engine] ?? 0));
}

Deno.test("an engine that is left out while it has pods is named, with its key and the mend", async () => {
  assert.equal(
    await refusal({ hypervisor: "none", dockerEnabled: true }, { qemu: 3, docker: 2 }),
    'hypervisor.engine is "none", but engine "qemu" still has 3 pods: set hypervisor.engine to ' +
      '"qemu" again, and before changing it drain the node, stop the kubelet and run ' +
      '"frakti stop --all"',
  );
  assert.match(
    await refusal({ hypervisor: "qemu", dockerEnabled: true }, { hyperd: 1, docker: 2 }) ?? "",
    /^hypervisor\.engine is "qemu", but engine "hyperd" still has a pod: set hypervisor\.engine to "hyperd" again/,
  );
  assert.match(
    await refusal({ hypervisor: "qemu", dockerEnabled: false }, { docker: 2 }) ?? "",
    /^docker\.enabled is false, but engine "docker" still has 2 pods: set docker\.enabled to true again/,
  );
});

Deno.test("pods of the engines that are configured are in nobody's way", async () => {
  const pods = { qemu: 3, docker: 2 };
  assert.equal(await refusal({ hypervisor: "qemu", dockerEnabled: true }, pods), undefined);
  assert.equal(await refusal({ hypervisor: "none", dockerEnabled: true }, {}), undefined);
});
