/**
 * Version: asked at connect and every minute; a kubelet compares `version` with a constant.
 */

import type { UnaryHandler } from "./handler.ts";
import type { VersionRequest, VersionResponse } from "./wire.ts";

/** The version of the kubelet's runtime API; the same in every package and release. */
const kubeletApiVersion = "0.1.0";

export const version: UnaryHandler<VersionRequest, VersionResponse> = (
  { runtime },
  _request,
  { api },
) => ({
  version: kubeletApiVersion,
  runtimeName: runtime.name,
  runtimeVersion: runtime.version,
  runtimeApiVersion: api.runtimeApiVersion,
});
