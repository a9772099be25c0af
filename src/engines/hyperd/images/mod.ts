/** Images, in hyperd's store. */

export { aliasRecords, type ImageAliases } from "./aliases.ts";
export { HyperdImages } from "./images.ts";
