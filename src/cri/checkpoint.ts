/**
 * CheckpointContainer, CheckpointPod and RestorePod: no engine of frakti saves processes. A kubelet
 * takes Unimplemented for an answer.
 */

import { unimplemented } from "../lib/errors.ts";
import type { UnaryHandler } from "./handler.ts";
import type {
  CheckpointContainerRequest,
  CheckpointContainerResponse,
  CheckpointPodRequest,
  CheckpointPodResponse,
  RestorePodRequest,
  RestorePodResponse,
} from "./wire.ts";

export const checkpointContainer: UnaryHandler<
  CheckpointContainerRequest,
  CheckpointContainerResponse
> = () => {
  throw unimplemented("Frakti does not checkpoint containers");
};

export const checkpointPod: UnaryHandler<CheckpointPodRequest, CheckpointPodResponse> = () => {
  throw unimplemented("Frakti does not checkpoint pods");
};

export const restorePod: UnaryHandler<RestorePodRequest, RestorePodResponse> = () => {
  throw unimplemented("Frakti does not restore pods");
};
