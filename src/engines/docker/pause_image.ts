/**
 * The image of the sandbox container: pulled when it is not there, which a kubelet that does not
 * know pinned images (up to 1.22) may bring about at any time.
 */

import { wrap } from "../../lib/errors.ts";
import type { DockerContext } from "./context.ts";

/** A registry that stalls must fail the pod within the kubelet's 4 minutes for RunPodSandbox. */
const pullTimeoutMs = 120_000;

/** Makes sure that Docker has the pause image. Pulls at once join in one. */
export async function ensurePauseImage(context: DockerContext): Promise<void> {
  const { pauseImage } = context.settings;
  if (await context.images.find(pauseImage) !== undefined) return;
  context.log.info("Pulling the sandbox image", { image: pauseImage });
  try {
    await context.images.pull(pauseImage, undefined, AbortSignal.timeout(pullTimeoutMs));
  } catch (error) {
    throw wrap(`Cannot pull the sandbox image "${pauseImage}"`, error);
  }
}
