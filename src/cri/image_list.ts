/**
 * ListImages and its stream: the images of every store once, or the one that the filter names.
 */

import { inChunks } from "./chunks.ts";
import { fromImage } from "./convert/images.ts";
import type { StreamHandler, UnaryHandler } from "./handler.ts";
import {
  Image,
  type ListImagesRequest,
  type ListImagesResponse,
  type StreamImagesRequest,
  type StreamImagesResponse,
} from "./wire.ts";

export const listImages: UnaryHandler<ListImagesRequest, ListImagesResponse> = async (
  { node },
  { filter },
) => ({ images: (await node.listImages(filter?.image?.image)).map(fromImage) });

export const streamImages: StreamHandler<StreamImagesRequest, StreamImagesResponse> =
  async function* ({ node }, { filter }) {
    const items = (await node.listImages(filter?.image?.image)).map(fromImage);
    for (const images of inChunks(Image, items)) yield { images };
  };
