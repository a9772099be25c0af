/** The image store of the qemu engine. */

export type { ImageConfig } from "./image_config.ts";
export type { ImageRecord } from "./image_record.ts";
export { type ImageForContainer, QemuImages } from "./qemu_images.ts";
export type { Registries } from "./registries_conf.ts";
export { ImageStore } from "./store.ts";
