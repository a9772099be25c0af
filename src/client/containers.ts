/** `frakti ps`: the containers of the node, with the pods they belong to. */

import type { Container } from "../cri/generated/v1/container.ts";
import type { PodSandbox } from "../cri/generated/v1/sandbox.ts";
import { findPod } from "./find.ts";
import { printListing } from "./listing.ts";
import type { ClientCommand } from "./request.ts";
import { age, shortId, timestamp } from "./words.ts";

const states = ["created", "running", "exited", "unknown"] as const;

/** The word for a ContainerState of the wire. */
export function containerState({ state }: Pick<Container, "state">): string {
  return states[state] ?? "unknown";
}

/** `-a`, or else running ones only; `--pod`; `-q`, `-o json`. */
export const ps: ClientCommand = async ({ node, terminal, clock }, request) => {
  const { options } = request;
  const [all, pods] = await Promise.all([node.containers(), node.pods()]);
  const wanted = options.get("pod");
  const pod = wanted === undefined ? undefined : findPod(wanted, pods);
  const byId = new Map<string, PodSandbox>(pods.map((each) => [each.id, each]));
  const podOf = (container: Container) => byId.get(container.podSandboxId)?.metadata;
  const nowNs = clock.nowNs();
  printListing({ terminal }, request, {
    rows: all.filter((container) =>
      (options.get("all") === "true" || containerState(container) === "running") &&
      (pod === undefined || container.podSandboxId === pod.id)
    ),
    id: ({ id }) => id,
    columns: [
      { title: "CONTAINER", cell: ({ id }) => shortId(id) },
      { title: "NAME", cell: ({ metadata }) => metadata?.name ?? "", minWidth: 8 },
      { title: "POD", cell: (container) => podName(podOf(container)), minWidth: 12 },
      { title: "IMAGE", cell: imageName, minWidth: 10 },
      { title: "STATE", cell: containerState },
      { title: "ATTEMPT", cell: ({ metadata }) => String(metadata?.attempt ?? 0) },
      { title: "AGE", cell: ({ createdAt }) => age(createdAt, nowNs) },
    ],
    json: (container) => ({
      id: container.id,
      ...container.metadata,
      state: containerState(container),
      image: imageName(container),
      imageId: container.imageId,
      createdAt: timestamp(container.createdAt),
      podId: container.podSandboxId,
      podNamespace: podOf(container)?.namespace,
      podName: podOf(container)?.name,
      labels: Object.fromEntries(container.labels),
      annotations: Object.fromEntries(container.annotations),
    }),
  });
  return 0;
};

function podName(metadata: PodSandbox["metadata"]): string {
  return metadata === undefined ? "" : `${metadata.namespace}/${metadata.name}`;
}

/** The kubelet names images by their id; what the person wrote stands beside it. */
function imageName({ image, imageRef }: Container): string {
  if (image === undefined) return imageRef;
  return image.userSpecifiedImage === "" ? image.image : image.userSpecifiedImage;
}
