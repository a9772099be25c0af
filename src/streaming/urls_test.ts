import assert from "node:assert/strict";
import fc from "fast-check";
import { baseUrl, parseSessionPath, sessionPath } from "./urls.ts";

Deno.test("URLs say the listen address, or the advertised one with or without a port", () => {
  const cases: readonly (readonly [advertise: string, address: string, url: string])[] = [
    ["", "127.0.0.1", "http://127.0.0.1:9000"],
    ["", "::1", "http://[::1]:9000"],
    ["node-1.example", "0.0.0.0", "http://node-1.example:9000"],
    ["node-1.example:443", "0.0.0.0", "http://node-1.example:443"],
    ["10.0.0.5", "0.0.0.0", "http://10.0.0.5:9000"],
    ["10.0.0.5:80", "0.0.0.0", "http://10.0.0.5:80"],
    ["fd00::5", "::", "http://[fd00::5]:9000"],
    ["[fd00::5]", "::", "http://[fd00::5]:9000"],
    ["[fd00::5]:80", "::", "http://[fd00::5]:80"],
  ];
  for (const [advertiseAddress, address, url] of cases) {
    const base = baseUrl({ isTls: false, advertiseAddress, address, port: 9000 });
    assert.equal(base, url);
    assert.equal(new URL(base).host, url.slice(7).replace(/:80$/, ""));
  }
  assert.equal(
    baseUrl({ isTls: true, advertiseAddress: "", address: "127.0.0.1", port: 1 }),
    "https://127.0.0.1:1",
  );
});

Deno.test("a path names its kind and token, with or without a query", () => {
  const path = sessionPath("exec", "abc_-9");
  assert.deepEqual(parseSessionPath(path), { kind: "exec", token: "abc_-9" });
  assert.deepEqual(parseSessionPath(`${path}?a=/attach/b`), { kind: "exec", token: "abc_-9" });
  assert.deepEqual(parseSessionPath("/portforward/x"), { kind: "portforward", token: "x" });
});

Deno.test("other paths are none of ours", () => {
  const long = "x".repeat(65);
  for (
    const target of [
      undefined,
      "",
      "/",
      "*",
      "/exec",
      "/exec/",
      "/exec/a/b",
      "/exec/a b",
      "/exec/%61",
      "/EXEC/a",
      "/logs/a",
      "//exec/a",
      "http://other/exec/a",
      `/exec/${long}`,
    ]
  ) assert.equal(parseSessionPath(target), undefined, String(target));
});

const kinds = fc.constantFrom("exec", "attach", "portforward");
const latin1 = fc.uint8Array().map((bytes) => String.fromCharCode(...bytes));
const tokens = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);

Deno.test("every path that was made is read, whatever query a client puts behind it", () => {
  fc.assert(fc.property(kinds, tokens, fc.string(), (kind, token, query) => {
    const path = sessionPath(kind, token);
    assert.deepEqual(parseSessionPath(path), { kind, token });
    assert.deepEqual(parseSessionPath(`${path}?${query}`), { kind, token });
  }));
});

Deno.test("what is read as a path is one that is made, and nothing throws", () => {
  const near = fc.tuple(kinds, tokens, fc.string({ maxLength: 3 }), fc.nat({ max: 80 })).map(
    ([kind, token, extra, at]) => {
      const path = sessionPath(kind, token);
      return path.slice(0, at) + extra + path.slice(at);
    },
  );
  fc.assert(fc.property(fc.oneof(near, latin1), (target) => {
    const parsed = parseSessionPath(target);
    if (parsed === undefined) return;
    assert.equal(sessionPath(parsed.kind, parsed.token), target.split("?", 1)[0]);
  }));
});

Deno.test("the base of every address is a URL with its host and port", () => {
  const hosts = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6());
  const ports = fc.integer({ min: 1, max: 65_535 });
  fc.assert(
    fc.property(hosts, ports, fc.boolean(), fc.boolean(), (host, port, isTls, advertise) => {
      const bracketed = host.includes(":") ? `[${host}]` : host;
      const same = new URL(`${isTls ? "https" : "http"}://${bracketed}:${port}`).href;
      const addresses = advertise
        ? { advertiseAddress: `${bracketed}:${port}`, address: "0.0.0.0", port: 1 }
        : { advertiseAddress: "", address: host, port };
      assert.equal(new URL(baseUrl({ isTls, ...addresses })).href, same);
    }),
  );
});
