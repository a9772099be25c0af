/**
 * UpdateRuntimeConfig: the pod addresses of this node, one range per address family.
 */

import { isIP } from "node:net";
import { invalidArgument } from "../lib/errors.ts";
import type { UnaryHandler } from "./handler.ts";
import type { UpdateRuntimeConfigRequest, UpdateRuntimeConfigResponse } from "./wire.ts";

export const updateRuntimeConfig: UnaryHandler<
  UpdateRuntimeConfigRequest,
  UpdateRuntimeConfigResponse
> = ({ node }, { runtimeConfig }) => {
  const cidr = runtimeConfig?.networkConfig?.podCidr ?? "";
  if (cidr !== "") node.setPodCidr(checked(cidr));
  return {};
};

/** It ends in CNI configurations, so nothing but ranges may pass. */
function checked(cidrs: string): string {
  for (const cidr of cidrs.split(",")) {
    const [address = "", length = "", ...rest] = cidr.split("/");
    const family = isIP(address);
    const maxLength = family === 4 ? 32 : 128;
    if (
      family === 0 || rest.length > 0 || !/^\d{1,3}$/.test(length) || Number(length) > maxLength
    ) {
      throw invalidArgument(`Field "pod_cidr" holds no address range: ${JSON.stringify(cidr)}`);
    }
  }
  return cidrs;
}
