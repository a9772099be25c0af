/**
 * Asks a Docker Engine what it is, for `frakti check`: two GET requests over its socket, bounded in
 * time and size. Knows no more of the Engine API than that.
 */

import { request } from "node:http";
import * as v from "valibot";
import { internal, unavailable } from "../lib/errors.ts";
import type { DockerFacts } from "./check_docker.ts";

const timeoutMs = 5_000;
const maxAnswerBytes = 1024 * 1024;

const versionAnswer = v.object({
  Version: v.string(),
  ApiVersion: v.string(),
  Components: v.nullish(v.array(v.object({ Name: v.string(), Version: v.string() })), []),
});

const infoAnswer = v.object({
  CgroupDriver: v.optional(v.string(), "cgroupfs"),
  Plugins: v.nullish(v.object({ Authorization: v.nullish(v.array(v.string())) })),
});

/**
 * The facts about the Engine behind `socketPath`.
 * @throws FraktiError Unavailable when it cannot be reached, Internal when its answer is odd.
 */
export async function probeDocker(socketPath: string): Promise<DockerFacts> {
  const version = v.parse(versionAnswer, await get(socketPath, "/version"));
  const info = v.parse(infoAnswer, await get(socketPath, "/info"));
  return {
    version: version.Version,
    apiVersion: version.ApiVersion,
    cgroupDriver: info.CgroupDriver,
    components: (version.Components ?? []).map((component) => ({
      name: component.Name.toLowerCase(),
      version: component.Version,
    })),
    authorizationPlugins: info.Plugins?.Authorization ?? [],
  };
}

function get(socketPath: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) =>
      reject(unavailable(`Cannot reach the Docker Engine at "${socketPath}"`, cause));
    const sent = request({ socketPath, path, timeout: timeoutMs }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => {
        text += chunk;
        if (text.length > maxAnswerBytes) sent.destroy(new Error("The answer has no end"));
      });
      answer.on("error", fail);
      answer.on("end", () => {
        if (answer.statusCode !== 200) return fail(new Error(`HTTP status ${answer.statusCode}`));
        try {
          resolve(JSON.parse(text));
        } catch (error) {
          reject(internal(`Cannot read the answer of "${socketPath}" to ${path}`, error));
        }
      });
    });
    sent.on("timeout", () => sent.destroy(new Error(`No answer within ${timeoutMs} ms`)));
    sent.on("error", fail);
    sent.end();
  });
}
