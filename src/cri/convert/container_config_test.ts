import assert from "node:assert/strict";
import { ContainerConfig, Signal } from "../wire.ts";
import { toContainerConfig } from "./container_config.ts";

/** A number beyond every enum. */
const beyond: number = 99;

type Init = Parameters<typeof ContainerConfig.fromPartial>[0];

const minimal: Init = { metadata: { name: "main", attempt: 1 }, image: { image: "busybox" } };

const convert = (init: Init) =>
  toContainerConfig(
    ContainerConfig.fromPartial({ ...minimal, ...init }),
    { pathLists: true },
    "config",
  );

const utf8 = (text: string) => new TextEncoder().encode(text);

Deno.test("a container with name and image is complete", () => {
  const config = convert({});
  assert.deepEqual(config.metadata, { name: "main", attempt: 1 });
  assert.equal(config.image.image, "busybox");
  assert.deepEqual([config.command, config.args, config.mounts], [[], [], []]);
  assert.equal(config.logPath, "");
  assert.equal(config.stopSignal, "");
});

Deno.test("a container is taken over field by field", () => {
  const value = new Uint8Array([0xff, 0x41]);
  const config = convert({
    image: {
      image: "sha256:1",
      annotations: new Map([["i", "j"]]),
      userSpecifiedImage: "web:1",
      runtimeHandler: "docker",
    },
    command: ["sh"],
    args: ["-c", "true"],
    workingDir: "/srv",
    envs: [{ key: "A.B", value }],
    mounts: [{ containerPath: "/data", hostPath: "/host", readonly: true, propagation: 1 }],
    devices: [{ containerPath: "/dev/x", hostPath: "/dev/y", permissions: "rw" }],
    labels: new Map([["l", "m"]]),
    annotations: new Map([["n", "o"]]),
    logPath: "main/0.log",
    stdin: true,
    stdinOnce: true,
    tty: true,
    linux: { resources: { cpuShares: 5n }, securityContext: { privileged: true } },
    CDIDevices: [{ name: "v.com/gpu=0" }],
    stopSignal: Signal.SIGUSR1,
  });
  assert.deepEqual(config.image, {
    image: "sha256:1",
    annotations: { i: "j" },
    userSpecifiedImage: "web:1",
    runtimeHandler: "docker",
  });
  assert.deepEqual([config.command, config.args, config.workingDir], [
    ["sh"],
    ["-c", "true"],
    "/srv",
  ]);
  assert.deepEqual(config.envs, [{ key: "A.B", value }]);
  assert.deepEqual(config.mounts.map((mount) => mount.propagation), ["hostToContainer"]);
  assert.deepEqual(config.devices, [
    { containerPath: "/dev/x", hostPath: "/dev/y", permissions: "rw" },
  ]);
  assert.deepEqual([config.labels, config.annotations], [{ l: "m" }, { n: "o" }]);
  assert.equal(config.logPath, "main/0.log");
  assert.deepEqual([config.stdin, config.stdinOnce, config.tty], [true, true, true]);
  assert.equal(config.resources.cpuShares, 5n);
  assert.equal(config.security.privileged, true);
  assert.deepEqual(config.cdiDevices, ["v.com/gpu=0"]);
  assert.equal(config.stopSignal, "SIGUSR1");
});

const mount = { containerPath: "/c", hostPath: "/h" };
const image = { image: "web" };

const bad: Readonly<Record<string, Init>> = {
  "no metadata": { metadata: undefined },
  "no name": { metadata: { name: "" } },
  "a name with a slash": { metadata: { name: "a/b" } },
  "no image": { image: undefined },
  "an image without a name": { image: { image: "" } },
  "an image with a space": { image: { image: "a b" } },
  "NUL in its command": { command: ["a\0b"] },
  "NUL in an argument": { args: ["\0"] },
  "a relative working directory": { workingDir: "srv" },
  "a variable without a name": { envs: [{ key: "", value: utf8("x") }] },
  "a variable with = in its name": { envs: [{ key: "A=B", value: utf8("x") }] },
  "a variable with NUL in its value": { envs: [{ key: "A", value: utf8("x\0y") }] },
  "an absolute log path": { logPath: "/etc/passwd" },
  "a log path that climbs": { logPath: "../../etc/passwd" },
  "an unknown stop signal": { stopSignal: beyond },
  "a relative container path": { mounts: [{ ...mount, containerPath: "c" }] },
  "a container path that climbs": { mounts: [{ ...mount, containerPath: "/c/../../etc" }] },
  "a mount without a source": { mounts: [{ ...mount, hostPath: "" }] },
  "a host path that climbs": { mounts: [{ ...mount, hostPath: "/var/../etc" }] },
  "an unknown propagation": { mounts: [{ ...mount, propagation: beyond }] },
  "recursive read-only but writable": { mounts: [{ ...mount, recursiveReadOnly: true }] },
  "recursive read-only and propagated": {
    mounts: [{ ...mount, recursiveReadOnly: true, readonly: true, propagation: 2 }],
  },
  "a mount of both kinds": { mounts: [{ ...mount, image }] },
  "an image to be written to": { mounts: [{ containerPath: "/c", image }] },
  "a sub path that climbs": {
    mounts: [{ containerPath: "/c", image, readonly: true, imageSubPath: "../x" }],
  },
  "a device without a host path": { devices: [{ containerPath: "/dev/x" }] },
  "unknown device permissions": {
    devices: [{ containerPath: "/dev/x", hostPath: "/dev/x", permissions: "rwx" }],
  },
  "a CDI device without a name": { CDIDevices: [{ name: "" }] },
};

for (const [name, init] of Object.entries(bad)) {
  Deno.test(`a container with ${name} is refused`, () => {
    assert.throws(() => convert(init), { code: "InvalidArgument" });
  });
}

Deno.test("a refusal never shows the value of a variable", () => {
  assert.throws(() => convert({ envs: [{ key: "TOKEN", value: utf8("s3cret\0") }] }), (error) => {
    assert.doesNotMatch(String(error), /s3cret/);
    return true;
  });
});

Deno.test("mount options are refused as not supported", () => {
  assert.throws(() => convert({ mounts: [{ ...mount, mountOptions: ["noexec"] }] }), {
    code: "Unimplemented",
  });
});

Deno.test("an image volume needs no host path", () => {
  const mount = { containerPath: "/c", image, readonly: true, imageSubPath: "a/b" };
  const [volume] = convert({ mounts: [mount] }).mounts;
  assert.equal(volume?.image?.image, "web");
  assert.equal(volume?.imageSubPath, "a/b");
  assert.equal(volume?.hostPath, "");
});

Deno.test("a sub-path of an image is nothing to a mount from the host", () => {
  // What a kubelet sends for a volume's subPath where the pod has an image volume as well.
  for (const imageSubPath of ["key", "../x"]) {
    const [volume] = convert({ mounts: [{ ...mount, imageSubPath }] }).mounts;
    assert.equal(volume?.hostPath, mount.hostPath);
    assert.equal(volume?.imageSubPath, "");
  }
});
