/** The qemu engine: every ordinary pod in a virtual machine of its own. */

export {
  openQemuEngine,
  QemuEngine,
  type QemuEngineOptions,
  type QemuEngineParts,
} from "./engine.ts";
export { systemProc } from "./vm/mod.ts";
