/**
 * Puts images into a registry over the distribution HTTP API, without any image tool. Used by the
 * image store's maker and by tests that need an image of their own.
 */

import { Buffer } from "node:buffer";
import { type Blob, type Image, manifestType } from "./image.ts";

/** A registry to push to, e.g. `http://127.0.0.1:5000`, and who one says one is. */
export interface PushTarget {
  readonly url: string;
  readonly auth?: { readonly username: string; readonly password: string };
}

const requestTimeoutMs = 60_000;

/** Pushes `image` as `repository:tag` and resolves with the digest of its manifest. */
export async function pushImage(
  target: PushTarget,
  repository: string,
  tag: string,
  image: Image,
): Promise<string> {
  for (const blob of [...image.layers, image.config]) await pushBlob(target, repository, blob);
  await request(target, "PUT", `/v2/${repository}/manifests/${tag}`, 201, {
    body: image.manifest.bytes,
    headers: { "content-type": manifestType },
  });
  return image.manifest.digest;
}

async function pushBlob(target: PushTarget, repository: string, blob: Blob): Promise<void> {
  const path = `/v2/${repository}/blobs/${blob.digest}`;
  const present = await send(target, "HEAD", path, {});
  await present.body?.cancel();
  if (present.status === 200) return;
  const upload = await request(target, "POST", `/v2/${repository}/blobs/uploads/`, 202, {});
  const location = new URL(upload.headers.get("location") ?? "", target.url);
  location.searchParams.set("digest", blob.digest);
  await request(target, "PUT", `${location.pathname}${location.search}`, 201, {
    body: blob.bytes,
    headers: { "content-type": "application/octet-stream" },
  });
}

interface Content {
  readonly body?: Uint8Array;
  readonly headers?: Record<string, string>;
}

async function request(
  target: PushTarget,
  method: string,
  path: string,
  expected: number,
  content: Content,
): Promise<Response> {
  const response = await send(target, method, path, content);
  const text = await response.text();
  if (response.status !== expected) {
    throw new Error(`Registry answered ${response.status} to ${method} "${path}": ${text}`);
  }
  return response;
}

function send(target: PushTarget, method: string, path: string, content: Content) {
  const headers = new Headers(content.headers);
  if (target.auth !== undefined) {
    const pair = `${target.auth.username}:${target.auth.password}`;
    headers.set("authorization", `Basic ${Buffer.from(pair).toString("base64")}`);
  }
  return fetch(new URL(path, target.url), {
    method,
    headers,
    body: content.body === undefined ? null : new Uint8Array(content.body),
    signal: AbortSignal.timeout(requestTimeoutMs),
  });
}
