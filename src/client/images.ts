/** `frakti images`: the images on the node, of all engines. */

import type { Image } from "../cri/generated/v1/image.ts";
import { printListing } from "./listing.ts";
import type { ClientCommand } from "./request.ts";
import { shortId, size } from "./words.ts";

/** One line: an image under one of its names. */
interface ImageRow {
  readonly image: Image;
  readonly name: string;
  readonly tag: string;
}

/** `-q`, `-o json`; in JSON an image stands once with all its names. */
export const images: ClientCommand = async ({ node, terminal }, request) => {
  const all = await node.images();
  const isTable = request.options.get("quiet") !== "true" &&
    (request.options.get("output") ?? "table") === "table";
  printListing({ terminal }, request, {
    rows: all.flatMap((image) => isTable ? rowsOf(image) : rowsOf(image).slice(0, 1)),
    id: ({ image }) => image.id,
    columns: [
      { title: "IMAGE", cell: ({ name }) => name, minWidth: 16 },
      { title: "TAG", cell: ({ tag }) => tag, minWidth: 6 },
      { title: "IMAGE ID", cell: ({ image }) => shortId(image.id) },
      { title: "SIZE", cell: ({ image }) => size(image.size) },
    ],
    json: ({ image }) => ({
      id: image.id,
      repoTags: image.repoTags,
      repoDigests: image.repoDigests,
      sizeBytes: Number(image.size),
      pinned: image.pinned,
    }),
  });
  return 0;
};

/** A line per tag; an image without one is told by its digest, or by nothing. */
function rowsOf(image: Image): readonly ImageRow[] {
  const tagged = image.repoTags.map((reference) => {
    const colon = reference.lastIndexOf(":");
    return { image, name: reference.slice(0, colon), tag: reference.slice(colon + 1) };
  });
  if (tagged.length > 0) return tagged;
  const [digest = ""] = image.repoDigests;
  return [{ image, name: digest.split("@")[0] || "<none>", tag: "<none>" }];
}
