import assert from "node:assert/strict";
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
