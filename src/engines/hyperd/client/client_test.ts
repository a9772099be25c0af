import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { hasCode } from "../../../lib/errors.ts";
import { capabilitiesOf, FrameReader, problemOf } from "./mod.ts";
import { PublicAPIDefinition } from "./wire.ts";

const proto = new URL("../../../../proto/hyperd/types/", import.meta.url);

Deno.test("the wire types are those of proto/hyperd as it is now", async () => {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(proto)) names.push(name);
  const hash = createHash("sha256");
  for (const name of names.sort()) hash.update(await Deno.readFile(new URL(name, proto)));
  const stored = await Deno.readTextFile(new URL("../generated/proto.sha256", import.meta.url));
  assert.equal(hash.digest("hex"), stored.trim());
});

Deno.test("the service stands under the name that hyperd serves", () => {
  assert.equal(PublicAPIDefinition.fullName, "types.PublicAPI");
});

for (
  const [problem, ...said] of [
    ["podMissing", "Can not get Pod info with pod ID(x)", "Can not find that Pod(x)"],
    ["podMissing", "Can not find pod(x)", "The pod(x) can not be found, please create it first"],
    ["podMissing", "The pod(x) can not be found", "cannot find pod x"],
    ["containerMissing", "Can not find container by name(x)", "cannot find container x"],
    ["containerMissing", "can not found container x", "container x does not existing"],
    ["nameTaken", "pod x already exist"],
    ["nameTaken", 'Conflict. The name "/t1" is already in use by container 0abc. You have to …'],
    ["imageMissing", "nosuchimagetag: No such image: noimg:latest", "Error: image X not found"],
    ["imageInUse", "imgdelused: conflict: unable to remove repository reference (must force)"],
    ["stopTimedOut", 'chan broken while waiting containers: map[string]bool{"0abc":true}'],
    ["registryAuth", "no basic auth credentials"],
    ["waitTimedOut", "wait exec exit code timeout"],
    ["podNotAlive", "pod is not running", "only alive container could be attached"],
    ["unsupported", "Stats for pod x is nil"],
    ["other", "Can not get Pod stats with pod ID(x)"],
    ["other", "finished with errors: map[addInterface:allocate device failed]", ""],
  ] as const
) {
  for (const text of said) {
    Deno.test(`hyperd's "${text}" is ${problem}`, () => assert.equal(problemOf(text), problem));
  }
}

Deno.test("a version tells what hyperd can", () => {
  const none = {
    stopTimeout: false,
    dnsFields: false,
    execUser: false,
    readonlyRootfs: false,
    unnamedUsers: false,
    gatewayMoved: false,
  };
  assert.deepEqual(capabilitiesOf("0.8.0"), none);
  const some = { ...none, stopTimeout: true, dnsFields: true, execUser: true };
  assert.deepEqual(capabilitiesOf("0.8.1"), some);
  const more = { ...some, readonlyRootfs: true, unnamedUsers: true };
  assert.deepEqual(capabilitiesOf("1.0.0-rc1"), more);
  assert.deepEqual(capabilitiesOf("v1.1"), { ...more, gatewayMoved: true });
});

for (const version of ["0.7.9", "0.6", "", "unknown", "1"]) {
  Deno.test(`version "${version}" is not taken`, () => {
    assert.throws(() => capabilitiesOf(version), (error) => hasCode(error, "FailedPrecondition"));
  });
}

Deno.test("frames come out whole and in order, however they are cut", () => {
  const frame = fc.record({
    stream: fc.constantFrom("stdout" as const, "stderr" as const),
    bytes: fc.uint8Array({ maxLength: 80 }),
  });
  fc.assert(fc.property(fc.array(frame), fc.integer({ min: 1, max: 64 }), (frames, cut) => {
    const whole = frames.flatMap(({ stream, bytes }) => [
      ...[stream === "stdout" ? 1 : 2, 0, 0, 0, 0, 0, 0, bytes.length],
      ...bytes,
    ]);
    const reader = new FrameReader();
    const got = { stdout: [] as number[], stderr: [] as number[] };
    for (let at = 0; at < whole.length; at += cut) {
      for (const piece of reader.push(Uint8Array.from(whole.slice(at, at + cut)))) {
        got[piece.stream].push(...piece.bytes);
      }
    }
    assert.ok(reader.isAtBoundary);
    for (const stream of ["stdout", "stderr"] as const) {
      const wanted = frames.filter((one) => one.stream === stream).flatMap((
        { bytes },
      ) => [...bytes]);
      assert.deepEqual(got[stream], wanted);
    }
  }));
});

Deno.test("what is no frame is told, and nothing of it is believed", () => {
  for (const header of [[0, 0, 0, 0], [3, 0, 0, 0], [1, 1, 0, 0], [255, 255, 255, 255]]) {
    const reader = new FrameReader();
    assert.throws(
      () => reader.push(Uint8Array.from([...header, 0, 0, 0, 1, 65])),
      (error) => hasCode(error, "Internal"),
    );
  }
  const reader = new FrameReader(); // Four gigabytes are announced: nothing is kept for them.
  assert.equal(reader.push(Uint8Array.from([1, 0, 0, 0, 255, 255, 255, 255, 65])).length, 1);
});
