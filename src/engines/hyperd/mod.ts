/** The hyperd engine: every ordinary pod in a VM that hyperd runs. */

export {
  HyperdEngine,
  type HyperdEngineOptions,
  type HyperdEngineParts,
  openHyperdEngine,
} from "./engine.ts";
export { HyperdClient } from "./client/mod.ts";
export { checkHyperd, type HyperdCheck } from "./probe.ts";
export { countPods } from "./left_pods.ts";
