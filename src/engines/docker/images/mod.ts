/** The image store of the Docker engine. */

export { DockerImages, type DockerImagesOptions } from "./docker_images.ts";
