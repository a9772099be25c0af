import assert from "node:assert/strict";
import fc from "fast-check";
import { FraktiError, hasCode } from "../../../lib/errors.ts";
import { parseImageConfig } from "./image_config.ts";
import { choosePlatform, ociManifest, parseManifest } from "./manifest.ts";

const digest = (char: string) => `sha256:${char.repeat(64)}`;

Deno.test("a manifest of Docker's or OCI's form is read, whatever else it says", () => {
  const parsed = parseManifest(JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.docker.distribution.manifest.v2+json",
    config: { mediaType: "c", digest: digest("a"), size: 3 },
    layers: [{ mediaType: "l", digest: digest("b"), size: -4 }],
    more: { strange: [] },
  }));
  assert.deepEqual(parsed, {
    kind: "image",
    isDocker: true,
    config: { mediaType: "c", digest: digest("a"), sizeBytes: 3 },
    layers: [{ mediaType: "l", digest: digest("b"), sizeBytes: 0 }],
  });
});

Deno.test("of a list the image for this platform is chosen, and its absence is told", () => {
  const entry = (architecture: string, char: string) => ({
    digest: digest(char),
    platform: { os: "linux", architecture },
  });
  const list = parseManifest(
    JSON.stringify({ manifests: [entry("arm64", "a"), entry("amd64", "b")] }),
  );
  assert.ok(list.kind === "index");
  assert.equal(choosePlatform(list, { os: "linux", architecture: "amd64" }).digest, digest("b"));
  assert.throws(
    () => choosePlatform(list, { os: "linux", architecture: "s390x" }),
    (error) => hasCode(error, "FailedPrecondition"),
  );
});

for (
  const [what, text] of [
    ["no JSON", "<html>"],
    ["a digest with a path", `{"config":{"digest":"sha256:../../etc/passwd"},"layers":[]}`],
    ["another algorithm", `{"config":{"digest":"md5:00"},"layers":[]}`],
    ["schema 1", `{"schemaVersion":1,"fsLayers":[]}`],
    ["nothing", "null"],
  ] as const
) {
  Deno.test(`a manifest that is ${what} is refused`, () => {
    assert.throws(() => parseManifest(text), FraktiError);
  });
}

Deno.test("any JSON makes a manifest or one of our errors", () => {
  fc.assert(fc.property(fc.json(), (text) => {
    try {
      parseManifest(text);
    } catch (error) {
      assert.ok(error instanceof FraktiError);
    }
  }));
});

Deno.test("the manifest written for the unpacking tool names the parts in OCI's types", () => {
  const written = parseManifest(ociManifest(
    { mediaType: "docker", digest: digest("a"), sizeBytes: 1 },
    [{ mediaType: "l", digest: digest("b"), sizeBytes: 2 }],
  ));
  assert.ok(written.kind === "image" && !written.isDocker);
  assert.equal(written.config.mediaType, "application/vnd.oci.image.config.v1+json");
});

Deno.test("a configuration is read; what has the wrong type counts as absent", () => {
  const config = parseImageConfig(JSON.stringify({
    os: "linux",
    architecture: "amd64",
    config: {
      Entrypoint: ["/a", 7, "b"],
      Cmd: "no list",
      Env: ["A=1"],
      User: 5,
      Volumes: { "/data": {} },
      Labels: { a: "1", b: 2 },
      StopSignal: "SIGINT",
    },
  }));
  assert.deepEqual(config, {
    entrypoint: ["/a", "b"],
    cmd: [],
    env: ["A=1"],
    user: "",
    workingDir: "",
    volumes: ["/data"],
    stopSignal: "SIGINT",
    architecture: "amd64",
    os: "linux",
    labels: { a: "1" },
  });
});

Deno.test("a configuration for another system, of no JSON or of absurd length is refused", () => {
  for (
    const text of [
      "{",
      '{"os":"windows"}',
      JSON.stringify({ config: { Env: Array(5000).fill("") } }),
    ]
  ) {
    assert.throws(() => parseImageConfig(text), FraktiError);
  }
});

Deno.test("an image that wants a volume at a path that no kernel takes is refused", () => {
  const imageWith = (path: string) => JSON.stringify({ config: { Volumes: { [path]: {} } } });
  const longest = "/d".repeat(2000);
  assert.deepEqual(parseImageConfig(imageWith(longest)).volumes, [longest]);
  assert.throws(
    () => parseImageConfig(imageWith(`/${"é".repeat(2000)}`)),
    /The image wants a volume at a path of 4001 bytes, over 4000/,
  );
});

Deno.test("any JSON makes a configuration or one of our errors", () => {
  fc.assert(fc.property(fc.json(), (text) => {
    try {
      parseImageConfig(text);
    } catch (error) {
      assert.ok(error instanceof FraktiError);
    }
  }));
});
