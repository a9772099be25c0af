import assert from "node:assert/strict";
import { codeOf, describe } from "../../../lib/errors.ts";
import { renderAuthFile } from "./auth_file.ts";
import { authorityFiles, isLoopback, renderRegistriesConf } from "./registries_conf.ts";
import { skopeoError } from "./skopeo.ts";

Deno.test("mirrors stand before the registry, each as secure as the configuration says", () => {
  const text = renderRegistriesConf("r.io", {
    "r.io": { mirrors: ["m.io/cache", "127.0.0.1:5000"], insecure: false },
    "m.io": { mirrors: [], insecure: true, caFile: "/m.pem" },
  });
  assert.equal(
    text,
    [
      "unqualified-search-registries = []",
      "[[registry]]",
      'prefix = "r.io"',
      'location = "r.io"',
      "insecure = false",
      "[[registry.mirror]]",
      'location = "m.io/cache"',
      "insecure = true",
      "[[registry.mirror]]",
      'location = "127.0.0.1:5000"',
      "insecure = true",
      "",
    ].join("\n"),
  );
});

Deno.test("the authorities of a registry and its mirrors are trusted, no others", () => {
  const registries = {
    "r.io": { mirrors: ["m.io/cache"], insecure: false, caFile: "/r.pem" },
    "m.io": { mirrors: [], insecure: false, caFile: "/m.pem" },
    "x.io": { mirrors: [], insecure: false, caFile: "/x.pem" },
  };
  assert.deepEqual(authorityFiles("r.io", registries), ["/r.pem", "/m.pem"]);
  assert.deepEqual(authorityFiles("y.io", registries), []);
});

for (
  const [host, expected] of [
    ["localhost", true],
    ["localhost:5000", true],
    ["127.8.9.1:1", true],
    ["[::1]:5000", true],
    ["127.evil.io", false],
    ["localhost.evil.io", false],
    ["10.0.0.1:5000", false],
  ] as const
) {
  Deno.test(`"${host}" is ${expected ? "" : "not "}on loopback`, () => {
    assert.equal(isLoopback(host), expected);
  });
}

Deno.test("the credentials file names its hosts, and none without credentials", () => {
  const basic = { kind: "basic", username: "u", password: "p:q" } as const;
  assert.deepEqual(JSON.parse(renderAuthFile(["r.io"], basic)), {
    auths: { "r.io": { auth: btoa("u:p:q") } },
  });
  assert.deepEqual(JSON.parse(renderAuthFile(["r.io"], undefined)), { auths: {} });
  const token = JSON.parse(renderAuthFile(["r.io"], { kind: "identityToken", token: "t" }));
  assert.equal(token.auths["r.io"].identitytoken, "t");
});

for (
  const [output, code, text] of [
    [
      `time="x" level=fatal msg="reading manifest 2 in r.io/a: manifest unknown"`,
      "NotFound",
      "manifest unknown",
    ],
    [
      `level=fatal msg="dial tcp 1.2.3.4:443: connect: connection refused"`,
      "Unavailable",
      "refused",
    ],
    [`level=fatal msg="unauthorized: authentication required"`, "Unknown", "unauthorized"],
    [
      `level=fatal msg="reading manifest 1 in 127.0.0.1:34045/not-found/app: unauthorized: wrong"`,
      "Unknown",
      "34045",
    ],
    [
      `level=fatal msg="Get \\"https://r.io:5503/v2/\\": dial tcp 1.2.3.4:5503: i/o timeout"`,
      "Unavailable",
      "i/o timeout",
    ],
    [
      `level=fatal msg="received unexpected HTTP status: 503 Service Unavailable"`,
      "Unavailable",
      "503",
    ],
    [`level=fatal msg="write /x: no space left on device"`, "ResourceExhausted", "no space"],
    [`level=warning msg="first"\nlevel=fatal msg="with \\"quotes\\""`, "Unknown", 'with "quotes"'],
    ["", "Unknown", "It printed nothing"],
  ] as const
) {
  Deno.test(`skopeo's "${text}" is ${code}`, () => {
    const error = skopeoError(output);
    assert.equal(codeOf(error), code);
    assert.ok(describe(error).includes(text));
  });
}
