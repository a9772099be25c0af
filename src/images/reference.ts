/**
 * Image references: what a person or a kubelet writes, in one normal form. The grammar is the one
 * of the distribution project; shared by every engine's image store.
 */

import { invalidArgument } from "../lib/errors.ts";

/** An image named by where it comes from. */
export interface NamedReference {
  readonly kind: "name";
  /** "docker.io", "registry.k8s.io", "localhost:5000". */
  readonly domain: string;
  /** "library/busybox". */
  readonly path: string;
  /** Absent when only a digest is given; "latest" when neither is. */
  readonly tag?: string;
  /** "sha256:…". */
  readonly digest?: string;
}

/** An image named by its id. */
export interface IdReference {
  readonly kind: "id";
  /** "sha256:" and 64 hex digits. */
  readonly id: string;
}

export type ImageReference = NamedReference | IdReference;

const defaultDomain = "docker.io";
const legacyDefaultDomain = "index.docker.io";
const officialPrefix = "library/";
const defaultTag = "latest";

const maxReferenceChars = 1024;
const maxNameChars = 255;

const domainComponent = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const domainPattern = new RegExp(
  `^(?:${domainComponent}(?:\\.${domainComponent})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]{1,5})?$`,
);
const pathComponent = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const pathPattern = new RegExp(`^${pathComponent}(?:/${pathComponent})*$`);
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,128}$/;
const sha256Pattern = /^sha256:[0-9a-f]{64}$/;
const bareIdPattern = /^[0-9a-f]{64}$/;

/**
 * Parses a reference: an id with or without "sha256:", or a name with a tag, a digest or both.
 * @throws FraktiError InvalidArgument when it is malformed.
 */
export function parseReference(text: string): ImageReference {
  if (text === "" || text.length > maxReferenceChars) throw malformed(text, "it is empty or long");
  if (sha256Pattern.test(text)) return { kind: "id", id: text };
  if (bareIdPattern.test(text)) return { kind: "id", id: `sha256:${text}` };

  const at = text.indexOf("@");
  const digest = at === -1 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !isDigest(digest)) throw malformed(text, "its digest is malformed");
  const named = at === -1 ? text : text.slice(0, at);

  const colon = named.lastIndexOf(":");
  const hasTag = colon > named.lastIndexOf("/");
  const tag = hasTag ? named.slice(colon + 1) : undefined;
  if (tag !== undefined && !tagPattern.test(tag)) throw malformed(text, "its tag is malformed");

  const name = splitName(hasTag ? named.slice(0, colon) : named, text);
  if (digest !== undefined) {
    return { kind: "name", ...name, digest, ...(tag === undefined ? {} : { tag }) };
  }
  return { kind: "name", ...name, tag: tag ?? defaultTag };
}

/** True for "algorithm:hex". */
export function isDigest(text: string): boolean {
  return text.startsWith("sha256:") ? sha256Pattern.test(text) : digestPattern.test(text);
}

/**
 * The normal form: domain, path, and the digest where there is one, else the tag.
 * "busybox" → "docker.io/library/busybox:latest".
 */
export function canonicalName(reference: NamedReference): string {
  return `${repositoryName(reference)}${suffix(reference)}`;
}

/** The form that engines of Docker use in tags: without the default domain and "library/". */
export function familiarName(reference: NamedReference): string {
  return `${familiarRepository(reference)}${suffix(reference)}`;
}

/** Domain and path without tag or digest. */
export function repositoryName(reference: NamedReference): string {
  return `${reference.domain}/${reference.path}`;
}

/** The familiar form without tag or digest. */
export function familiarRepository({ domain, path }: NamedReference): string {
  if (domain !== defaultDomain) return `${domain}/${path}`;
  const short = path.startsWith(officialPrefix) ? path.slice(officialPrefix.length) : path;
  // "library/a/b" would read as a user's repository when shortened.
  return short.includes("/") ? path : short;
}

/** The normal form of a name; undefined when it is malformed or an id. */
export function normaliseName(text: string): string | undefined {
  try {
    const reference = parseReference(text);
    return reference.kind === "name" ? canonicalName(reference) : undefined;
  } catch {
    return undefined; // Engines may print names that the grammar does not know: they match nothing.
  }
}

function suffix({ tag, digest }: NamedReference): string {
  if (digest !== undefined) return `@${digest}`;
  return `:${tag ?? defaultTag}`;
}

/** The first component is a domain when it looks like a host; else the default one is meant. */
function splitName(name: string, text: string): { domain: string; path: string } {
  if (name === "" || name.length > maxNameChars) throw malformed(text, "its name is malformed");
  const slash = name.indexOf("/");
  const first = slash === -1 ? "" : name.slice(0, slash);
  const isHost = first === "localhost" || /[.:[]/.test(first) || first !== first.toLowerCase();
  const domain = isHost ? first : defaultDomain;
  const path = isHost ? name.slice(slash + 1) : name;
  if (!domainPattern.test(domain)) throw malformed(text, "its registry is malformed");
  if (!pathPattern.test(path)) throw malformed(text, "its name is malformed");
  const isDefault = domain === defaultDomain || domain === legacyDefaultDomain;
  if (!isDefault) return { domain, path };
  return { domain: defaultDomain, path: path.includes("/") ? path : officialPrefix + path };
}

const maxQuotedChars = 100;

function malformed(text: string, why: string) {
  const quoted = text.length > maxQuotedChars ? `${text.slice(0, maxQuotedChars)}…` : text;
  return invalidArgument(`Image reference "${quoted}" is malformed: ${why}`);
}
