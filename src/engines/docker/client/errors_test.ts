import assert from "node:assert/strict";
import { FraktiError, wrap } from "../../../lib/errors.ts";
import {
  answerError,
  codeOfAnswer,
  connectionError,
  engineStatus,
  engineText,
  errorSays,
} from "./errors.ts";
import { conflictingContainerId, type MessageKind, saysThat } from "./messages.ts";

const id = "6644a372e4dc5ff0a7d1d8b843a8be6ef6686f493b5aa0e8e7da91dd6993656d";

for (
  const [status, text, code] of [
    [400, "bad", "InvalidArgument"],
    [404, "No such container: x", "NotFound"],
    [404, 'oci runtime error: exec: "x": executable file not found in $PATH', "InvalidArgument"],
    [409, "Container x is not running", "FailedPrecondition"],
    [
      409,
      `Conflict. The name "/x" is already in use by container ${id}. You have`,
      "AlreadyExists",
    ],
    [
      409,
      `Conflict. The container name "/x" is already in use by container "${id}".`,
      "AlreadyExists",
    ],
    [500, "x", "Internal"],
    [500, "Container x is not running", "FailedPrecondition"],
    [500, "No such exec instance 'x' found in daemon", "NotFound"],
    [500, 'connection error: desc = "transport: error while dialing: dial unix"', "Unavailable"],
    [501, "", "Unimplemented"],
    [503, "", "Unavailable"],
    [413, "", "ResourceExhausted"],
    [401, "", "Unknown"],
  ] as const
) {
  Deno.test(`status ${status} with ${JSON.stringify(text.slice(0, 40))} is ${code}`, () => {
    assert.equal(codeOfAnswer(status, text), code);
  });
}

Deno.test("what the engine said can be asked for behind any number of wrappings", () => {
  const error = wrap(
    "Cannot a",
    wrap("Cannot b", answerError("Cannot c", 404, "No such image: x")),
  );
  assert.equal(error.code, "NotFound");
  assert.equal(engineText(error), "No such image: x");
  assert.equal(engineStatus(error), 404);
  assert.ok(errorSays(error, "imageMissing"));
  assert.equal(engineStatus(new Error("x")), undefined);
  assert.equal(engineText(undefined), "");
});

Deno.test("a broken connection is Unavailable, an aborted one Cancelled", () => {
  assert.equal(connectionError("Cannot a", new Error("reset")).code, "Unavailable");
  assert.equal(connectionError("Cannot a", new Error("x"), AbortSignal.abort()).code, "Cancelled");
  const own = new FraktiError("ResourceExhausted", "x");
  assert.equal(connectionError("Cannot a", own).code, "ResourceExhausted");
});

Deno.test("the holder of a name is told by the engine in two forms", () => {
  for (const holder of [`"${id}"`, id]) {
    const text = `Conflict. The name "/x" is already in use by container ${holder}. You have`;
    assert.equal(conflictingContainerId(text), id);
  }
  assert.equal(conflictingContainerId("Conflict. in use by container x"), undefined);
});

const texts: readonly [MessageKind, string][] = [
  ["removalInProgress", "removal of container x is already in progress"],
  [
    "imageInUse",
    "conflict: unable to delete x (cannot be forced) - image is being used by running container y",
  ],
  [
    "commandNotFound",
    'OCI runtime exec failed: exec failed: exec: "x": executable file not found in $PATH: unknown',
  ],
  ["commandNotFound", 'exec: "/x": stat /x: no such file or directory'],
  ["commandNotExecutable", 'exec: "/etc/passwd": permission denied: unknown'],
  [
    "registryAway",
    'Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
  ],
  ["registryAway", "received unexpected HTTP status: 503 Service Unavailable"],
  ["registryAway", "error parsing HTTP 502 response body: invalid character"],
  ["registryAway", 'Get "https://r/v2/": EOF'],
  ["registryAuth", "Get https://r/v2/x: unauthorized: authentication required"],
  ["registryAuth", "Get https://r/v2/: no basic auth credentials"],
  [
    "registryAuth",
    "pull access denied for x, repository does not exist or may require 'docker login'",
  ],
  ["manifestMissing", "manifest for r/x:1 not found: manifest unknown: manifest unknown"],
  ["digestMismatch", "image verification failed for digest sha256:x"],
  ["rroUnsupported", "container does not support recursively read-only mounts"],
];

for (const [kind, text] of texts) {
  Deno.test(`${JSON.stringify(text.slice(0, 60))} says ${kind}`, () => {
    assert.ok(saysThat(text, kind));
  });
}

Deno.test("a digest that happens to hold 503 does not say that a registry is away", () => {
  assert.ok(!saysThat("manifest for r/x@sha256:a503b not found: manifest unknown", "registryAway"));
});
