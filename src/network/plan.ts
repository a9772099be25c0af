/**
 * From a request and the network configured now to a planned attachment: everything that can be
 * refused is refused here, before a plugin has changed anything.
 */

import { invalidArgument } from "../lib/errors.ts";
import { noAddressing } from "./addressing.ts";
import type { Attachment, AttachRequest } from "./attachment.ts";
import { capabilityArgsOf, cniArgsOf, renderArgs } from "./capabilities.ts";
import type { PluginChain } from "./chain.ts";
import { listToJson, type NetworkList } from "./config.ts";
import { loopbackList } from "./loopback.ts";

/** What the plan is made with. */
export interface PlanInput {
  readonly network: NetworkList;
  /** The configured loopback network. */
  readonly loopback?: NetworkList;
  readonly podCidrs: readonly string[];
}

/**
 * Plans an attachment.
 * @throws FraktiError InvalidArgument, or FailedPrecondition when a plugin is missing.
 */
export async function planAttachment(
  request: AttachRequest,
  { network, loopback, podCidrs }: PlanInput,
  { plugins, versions }: PluginChain,
): Promise<Attachment> {
  const ifName = request.ifName ?? "eth0";
  assertNames(request.podId, ifName);
  const cniArgs = cniArgsOf(request);
  renderArgs(cniArgs);
  const declared = network.plugins.flatMap((plugin) => plugin.capabilities);
  const capabilityArgs = Object.fromEntries(
    Object.entries(capabilityArgsOf(request, podCidrs)).filter(([name]) => declared.includes(name)),
  );
  for (const plugin of network.plugins) await plugins.find(plugin.type);
  const cniVersion = await versions.of(network);
  return {
    version: 1,
    podId: request.podId,
    netnsPath: request.netnsPath,
    ifName,
    network: network.name,
    cniVersion,
    config: listToJson(network, cniVersion),
    cniArgs,
    capabilityArgs,
    ...(request.loopback === "plugin" ? { loopback: loopbackList(loopback) } : {}),
    ...noAddressing,
  };
}

const maxIfNameLength = 15; // IFNAMSIZ without the final zero.

/** The alphabets of the specification; both names become parts of file names. */
function assertNames(podId: string, ifName: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/.test(podId)) {
    throw invalidArgument(`Sandbox id "${podId}" is malformed`);
  }
  const isName = ifName.length <= maxIfNameLength && /^[^/:\s\p{Cc}]+$/u.test(ifName) &&
    ifName !== "." && ifName !== "..";
  if (!isName) throw invalidArgument(`Interface name "${ifName}" is malformed`);
}
