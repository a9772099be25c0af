/**
 * ImageFsInfo: the space that images and containers take, the store of ordinary pods first.
 */

import { fromFilesystem } from "./convert/images.ts";
import type { UnaryHandler } from "./handler.ts";
import type { ImageFsInfoRequest, ImageFsInfoResponse } from "./wire.ts";

export const imageFsInfo: UnaryHandler<ImageFsInfoRequest, ImageFsInfoResponse> = async (
  { node },
) => {
  const { imageFilesystems, containerFilesystems } = await node.imageFsInfo();
  return {
    imageFilesystems: imageFilesystems.map(fromFilesystem),
    containerFilesystems: containerFilesystems.map(fromFilesystem),
  };
};
