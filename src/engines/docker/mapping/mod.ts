/** From domain types to what the Docker Engine takes. */

export { containerSpec, type ContainerSpecFacts } from "./container_spec.ts";
export type { DaemonFacts, IgnoredField } from "./facts.ts";
export { dockerFeatures } from "./features.ts";
export { type HostFiles, systemHostFiles } from "./host_files.ts";
export {
  instanceLabelFilter,
  instanceOf,
  type ObjectKind,
  type ReadLabels,
  readLabels,
} from "./labels.ts";
export { containerName, sandboxName } from "./names.ts";
export { updateSpec } from "./resources.ts";
export { sandboxSpec, type SandboxSpecFacts } from "./sandbox_spec.ts";
