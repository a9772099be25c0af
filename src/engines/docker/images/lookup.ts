/**
 * Which image a reference means. The engine's own lookup is generous: it takes parts of ids and
 * names that look alike. What it finds counts only when it really has that tag, digest or id.
 */

import { hasCode } from "../../../lib/errors.ts";
import {
  canonicalName,
  familiarName,
  type ImageReference,
  normaliseName,
  parseReference,
  repositoryName,
} from "../../../images/mod.ts";
import type { DockerClient, DockerImage } from "../client/mod.ts";

/**
 * The image that `reference` names, or undefined.
 * @throws FraktiError InvalidArgument when the reference is malformed.
 */
export async function lookUp(
  client: DockerClient,
  reference: string,
): Promise<DockerImage | undefined> {
  const parsed = parseReference(reference);
  const asked = parsed.kind === "id" ? parsed.id : familiarName(parsed);
  const found = await inspectIfExists(client, asked);
  if (found !== undefined && isMeant(found, parsed)) return found;
  return await lookUpByIdPrefix(client, reference);
}

/** True when the image has the very tag, digest or id. */
export function isMeant(image: DockerImage, reference: ImageReference): boolean {
  if (reference.kind === "id") return image.id === reference.id;
  if (reference.digest !== undefined) {
    const wanted = `${repositoryName(reference)}@${reference.digest}`;
    return image.repoDigests.some((digest) => normaliseName(digest) === wanted);
  }
  const wanted = canonicalName(reference);
  return image.repoTags.some((tag) => normaliseName(tag) === wanted);
}

const idPrefix = /^(?:sha256:)?([0-9a-f]{7,63})$/;

/** A shortened id, as `crictl images` prints it, when it means one image only. */
async function lookUpByIdPrefix(
  client: DockerClient,
  reference: string,
): Promise<DockerImage | undefined> {
  const prefix = idPrefix.exec(reference)?.[1];
  if (prefix === undefined) return undefined;
  const images = await client.images.list();
  const ids = new Set(
    images.map((image) => image.id).filter((id) => id.startsWith(`sha256:${prefix}`)),
  );
  const [id] = ids;
  return id === undefined || ids.size > 1 ? undefined : await inspectIfExists(client, id);
}

/** The inspected image; undefined when the engine has none. */
export async function inspectIfExists(
  client: DockerClient,
  reference: string,
): Promise<DockerImage | undefined> {
  try {
    const image = await client.images.inspect(reference);
    return image.id === "" ? undefined : image;
  } catch (error) {
    if (hasCode(error, "NotFound")) return undefined;
    throw error;
  }
}
