/**
 * Which pod or container a person means: an id, its beginning, a name, or `namespace/pod` and
 * `pod/container`. What could be several things is refused with the list of them. Pure.
 */

import type { Container } from "../cri/generated/v1/container.ts";
import type { PodSandbox } from "../cri/generated/v1/sandbox.ts";
import { invalidArgument, notFound } from "../lib/errors.ts";
import { shortId } from "./words.ts";

/** So many are named in an error. */
const maxNamed = 5;

/** @throws FraktiError NotFound for nothing, InvalidArgument for several. */
export function findPod(word: string, pods: readonly PodSandbox[]): PodSandbox {
  const named = pods.filter(({ metadata }) =>
    metadata?.name === word || `${metadata?.namespace}/${metadata?.name}` === word
  );
  return one(
    word,
    "pod",
    byId(word, pods),
    newestAttempts(named),
    (pod) => `${shortId(pod.id)} (${pod.metadata?.namespace}/${pod.metadata?.name})`,
  );
}

/**
 * A name stands for the newest attempt of a container of that name.
 * @throws FraktiError NotFound for nothing, InvalidArgument for several.
 */
export function findContainer(
  word: string,
  containers: readonly Container[],
  pods: readonly PodSandbox[],
): Container {
  const byPod = new Map(pods.map((pod) => [pod.id, pod.metadata]));
  const named = containers.filter(({ metadata, podSandboxId }) => {
    const name = metadata?.name;
    const pod = byPod.get(podSandboxId);
    return [name, `${pod?.name}/${name}`, `${pod?.namespace}/${pod?.name}/${name}`].includes(word);
  });
  return one(word, "container", byId(word, containers), newestAttempts(named), (container) => {
    const pod = byPod.get(container.podSandboxId);
    return `${shortId(container.id)} (${pod?.namespace}/${pod?.name}/${container.metadata?.name})`;
  });
}

interface Item {
  readonly id: string;
  readonly createdAt: bigint;
  readonly metadata: { readonly name: string; readonly attempt: number } | undefined;
}

function byId<T extends Item>(word: string, items: readonly T[]): readonly T[] {
  return /^[0-9a-f]+$/.test(word) ? items.filter(({ id }) => id.startsWith(word)) : [];
}

/** Of the attempts at one thing in one place only the last. */
function newestAttempts<T extends Item>(items: readonly T[]): readonly T[] {
  const newest = new Map<string, T>();
  for (const item of items.toSorted((a, b) => a.createdAt < b.createdAt ? -1 : 1)) {
    newest.set(placeOf(item), item);
  }
  return [...newest.values()];
}

/** Attempts share their pod's uid, or else the sandbox they are in. */
function placeOf(item: Item): string {
  const { metadata } = item;
  const uid = metadata !== undefined && "uid" in metadata ? metadata.uid : undefined;
  const sandbox = "podSandboxId" in item ? item.podSandboxId : undefined;
  return `${String(uid ?? sandbox)} ${metadata?.name}`;
}

function one<T extends Item>(
  word: string,
  noun: string,
  withId: readonly T[],
  withName: readonly T[],
  tell: (item: T) => string,
): T {
  // A name wins over the beginning of an id: it is what people know.
  const found = withName.length > 0 ? withName : withId;
  const [first, second] = found;
  if (first === undefined) throw notFound(`There is no ${noun} ${JSON.stringify(word)}`);
  if (second === undefined) return first;
  const list = found.slice(0, maxNamed).map(tell).join(", ");
  const more = found.length > maxNamed ? `, and ${found.length - maxNamed} more` : "";
  throw invalidArgument(`${JSON.stringify(word)} can be several ${noun}s: ${list}${more}`);
}
