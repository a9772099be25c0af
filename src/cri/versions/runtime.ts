/**
 * The package that kubelets 1.6 to 1.9 speak. What they have no fields for is filled in: private
 * PID namespaces, the output streams of Exec and Attach, profiles and sysctls from annotations.
 */

import { ImageServiceDefinition, RuntimeServiceDefinition } from "../generated/runtime/service.ts";
import type { AttachRequest, ContainerStatusResponse, ExecRequest } from "../wire.ts";
import { type ApiPackage, imageService, runtimeService } from "./package.ts";
import { toContainerConfig, toPodSandboxConfig } from "./runtime_config.ts";
import { fromStatusResponse } from "./runtime_status.ts";

export const runtime: ApiPackage = {
  traits: {
    version: "runtime",
    // A semantic version: these kubelets parse it.
    runtimeApiVersion: "0.1.0",
    // Their messages have no such lists: leave the runtime's own.
    pathLists: false,
  },
  runtime: runtimeService(RuntimeServiceDefinition, {
    runPodSandbox: ({ config }) => ({
      config: config && toPodSandboxConfig(config),
      runtimeHandler: "",
    }),
    createContainer: ({ podSandboxId, config, sandboxConfig }) => ({
      podSandboxId,
      config: config && toContainerConfig(config, sandboxConfig?.annotations ?? new Map()),
      sandboxConfig: sandboxConfig && toPodSandboxConfig(sandboxConfig),
    }),
    exec: withOutputs<ExecRequest>,
    attach: withOutputs<AttachRequest>,
  }, {
    podSandboxStatus: fromStatusResponse,
    containerStatus: withoutNewFields,
  }),
  image: imageService(ImageServiceDefinition, {
    pullImage: ({ image, auth, sandboxConfig }) => ({
      image,
      auth,
      sandboxConfig: sandboxConfig && toPodSandboxConfig(sandboxConfig),
    }),
  }, {}),
};

/** A client that names no output stream is one that cannot: it reads what there is. */
function withOutputs<R extends ExecRequest | AttachRequest>(request: R): R {
  return request.stdout || request.stderr
    ? request
    : { ...request, stdout: true, stderr: !request.tty };
}

/** `user` holds a packed list of numbers, which readers of that time refuse. */
function withoutNewFields(response: ContainerStatusResponse): ContainerStatusResponse {
  const { status } = response;
  return status === undefined ? response : {
    ...response,
    status: { ...status, user: undefined, resources: undefined },
  };
}
