/**
 * A pod's status for kubelets 1.6 to 1.9: namespaces as booleans, one address.
 */

import type * as old from "../generated/runtime/messages.ts";
import { NamespaceMode, type PodSandboxStatus, type PodSandboxStatusResponse } from "../wire.ts";

/** The answer to PodSandboxStatus. */
export function fromStatusResponse(
  response: PodSandboxStatusResponse,
): old.PodSandboxStatusResponse {
  return { status: response.status && fromStatus(response.status), info: response.info };
}

function fromStatus(status: PodSandboxStatus): old.PodSandboxStatus {
  const options = status.linux?.namespaces?.options;
  const isNode = (mode: NamespaceMode | undefined) => mode === NamespaceMode.NODE;
  return {
    id: status.id,
    metadata: status.metadata,
    state: status.state,
    createdAt: status.createdAt,
    network: status.network && { ip: status.network.ip },
    linux: {
      namespaces: {
        network: "",
        options: {
          hostNetwork: isNode(options?.network),
          hostPid: isNode(options?.pid),
          hostIpc: isNode(options?.ipc),
        },
      },
    },
    labels: status.labels,
    annotations: status.annotations,
  };
}
