import assert from "node:assert/strict";
import fc from "fast-check";
import { parseQuantity, podBandwidth } from "./bandwidth.ts";

const ingress = "kubernetes.io/ingress-bandwidth";
const egress = "kubernetes.io/egress-bandwidth";

Deno.test("parseQuantity reads every suffix of Kubernetes", () => {
  const table: [string, bigint][] = [
    ["0", 0n],
    ["1", 1n],
    ["+5", 5n],
    ["10M", 10_000_000n],
    ["10Mi", 10_485_760n],
    ["1.5k", 1500n],
    [".5Ki", 512n],
    ["1.", 1n],
    ["1e3", 1000n],
    ["2E3", 2000n],
    ["2E", 2_000_000_000_000_000_000n],
    ["1500m", 2n], // Rounded up.
    ["1u", 1n],
    ["1n", 1n],
    ["1e-2", 1n],
    ["1Pi", 1_125_899_906_842_624n],
  ];
  for (const [text, bits] of table) assert.equal(parseQuantity(text), bits, text);
});

Deno.test("parseQuantity gives undefined for what is no quantity", () => {
  for (const text of ["", ".", "k", "-1", "1 M", "1MB", "1mi", "0x10", "1e", "1e999", "∞", "1\n"]) {
    assert.equal(parseQuantity(text), undefined, JSON.stringify(text));
  }
});

Deno.test("parseQuantity never throws", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    parseQuantity(text);
  }));
});

Deno.test("podBandwidth asks for nothing when no annotation does", () => {
  assert.equal(podBandwidth({ other: "1M" }), undefined);
});

Deno.test("podBandwidth gives rates in bits per second with an unlimited burst", () => {
  assert.deepEqual(podBandwidth({ [ingress]: "1M", [egress]: "2k" }), {
    ingressRate: 1_000_000,
    ingressBurst: 2147483647,
    egressRate: 2000,
    egressBurst: 2147483647,
  });
  assert.deepEqual(podBandwidth({ [egress]: "1P" }), {
    egressRate: 1e15,
    egressBurst: 2147483647,
  });
});

Deno.test("podBandwidth refuses what Kubernetes refuses, naming the annotation", () => {
  for (const text of ["999", "2P", "fast", "", "-1M"]) {
    assert.throws(() => podBandwidth({ [ingress]: text }), /ingress-bandwidth/);
  }
});
