/** The qemu engine: every ordinary pod in a virtual machine of its own. */

export {
  openQemuEngine,
  QemuEngine,
  type QemuEngineOptions,
  type QemuEngineParts,
} from "./engine.ts";
export { systemCgroupFiles } from "./cgroups/mod.ts";
export { proxiesOf } from "./images/proxies.ts";
export { systemHostSize, systemProc } from "./vm/mod.ts";
export { countPods } from "./left_pods.ts";
