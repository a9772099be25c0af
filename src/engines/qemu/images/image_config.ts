/**
 * What an image says about how it is run: the part of its configuration that matters to a
 * container. Hostile input: lists and texts are capped, everything else is dropped.
 * Source: OCI image specification 1.1, config.md.
 */

import { failedPrecondition, internal } from "../../../lib/errors.ts";
import { asObject, asText, asTexts } from "./json.ts";

export interface ImageConfig {
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  /** "NAME=value", in order. */
  readonly env: readonly string[];
  /** "", "name", "uid", "name:group", "uid:gid". */
  readonly user: string;
  readonly workingDir: string;
  /** Paths in the container that are meant to be volumes. */
  readonly volumes: readonly string[];
  /** "SIGTERM", "15"; "" = the default. */
  readonly stopSignal: string;
  readonly architecture: string;
  readonly os: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** More than any image has; a configuration is read into memory and kept in a record. */
export const maxConfigBytes = 2 * 1024 * 1024;
const maxEntries = 4096;
/** With the way to a container's root before it, it still fits a path of the guest's kernel. */
const maxVolumePathBytes = 4000;

/**
 * Reads the text of an image's configuration.
 * @throws FraktiError Internal when it is not JSON, FailedPrecondition when it is not for Linux or
 *   absurdly long, as a whole or in a part.
 */
export function parseImageConfig(text: string): ImageConfig {
  if (text.length > maxConfigBytes) {
    throw failedPrecondition("The image's configuration is too long");
  }
  let json: Readonly<Record<string, unknown>>;
  try {
    json = asObject(JSON.parse(text));
  } catch (error) {
    throw internal("The image's configuration is not JSON", error);
  }
  const os = asText(json["os"]);
  if (os !== "" && os !== "linux") throw failedPrecondition(`The image is made for "${os}"`);
  const config = asObject(json["config"]);
  return {
    entrypoint: capped(asTexts(config["Entrypoint"])),
    cmd: capped(asTexts(config["Cmd"])),
    env: capped(asTexts(config["Env"])),
    user: asText(config["User"]),
    workingDir: asText(config["WorkingDir"]),
    volumes: volumesOf(config["Volumes"]),
    stopSignal: asText(config["StopSignal"]),
    architecture: asText(json["architecture"]),
    os,
    labels: Object.fromEntries(
      Object.entries(asObject(config["Labels"])).slice(0, maxEntries)
        .flatMap(([key, value]) => typeof value === "string" ? [[key, value]] : []),
    ),
  };
}

function volumesOf(volumes: unknown): readonly string[] {
  const paths = capped(Object.keys(asObject(volumes)));
  for (const path of paths) {
    const { length } = new TextEncoder().encode(path);
    if (length > maxVolumePathBytes) {
      throw failedPrecondition(
        `The image wants a volume at a path of ${length} bytes, over ${maxVolumePathBytes}`,
      );
    }
  }
  return paths;
}

function capped<T>(items: readonly T[]): readonly T[] {
  if (items.length > maxEntries) {
    throw failedPrecondition(`The image's configuration has a list of over ${maxEntries} entries`);
  }
  return items;
}
