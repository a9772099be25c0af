/** The Docker engine's public face. */

export { dockerClient, pinnedApiVersion } from "./client/mod.ts";
export {
  type DockerEngine,
  type DockerEngineOptions,
  type DockerEngineParts,
  openDockerEngine,
} from "./engine.ts";
export { countPods } from "./left_pods.ts";
