/** What the image stores of all engines share. */

export { type Credentials, credentialsFor, type RegistryAuth } from "./credentials.ts";
export { type ImageUser, parseImageUser } from "./image_user.ts";
export {
  canonicalName,
  familiarName,
  familiarRepository,
  type IdReference,
  type ImageReference,
  isDigest,
  type NamedReference,
  normaliseName,
  parseReference,
  repositoryName,
} from "./reference.ts";
export { SharedWork } from "./shared_work.ts";
