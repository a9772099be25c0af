import assert from "node:assert/strict";
import { noAuth } from "../../tests/support/configs.ts";
import { describe, hasCode } from "../lib/errors.ts";
import { credentialsFor } from "./credentials.ts";
import { parseImageUser } from "./image_user.ts";

for (
  const [what, auth, expected] of [
    ["nothing", {}, undefined],
    ["a name and a password", { username: "u", password: "p" }, {
      kind: "basic",
      username: "u",
      password: "p",
    }],
    ["base64", { auth: btoa("u:p:q") }, { kind: "basic", username: "u", password: "p:q" }],
    ["padded base64", { auth: btoa("u:p\0\0") }, { kind: "basic", username: "u", password: "p" }],
    ["an identity token beside a name", { username: "u", password: "p", identityToken: "t" }, {
      kind: "identityToken",
      token: "t",
    }],
    ["a registry token beside all", { username: "u", identityToken: "t", registryToken: "r" }, {
      kind: "registryToken",
      token: "r",
    }],
    ["both forms of one password", { username: "u", password: "p", auth: btoa("x:y") }, {
      kind: "basic",
      username: "u",
      password: "p",
    }],
  ] as const
) {
  Deno.test(`credentials: ${what}`, () => {
    assert.deepEqual(credentialsFor({ ...noAuth, ...auth }, "r.io"), expected);
  });
}

Deno.test("a malformed auth is refused without showing it", () => {
  for (const auth of ["%%%", btoa("secretwithoutcolon"), btoa(":p"), "c2VjcmV0\n!"]) {
    assert.throws(
      () => credentialsFor({ ...noAuth, auth }, "r.io"),
      (error) =>
        hasCode(error, "InvalidArgument") && !describe(error).includes("secret") &&
        !describe(error).includes(auth),
    );
  }
});

for (
  const [serverAddress, domain, isMeant] of [
    ["", "r.io", true],
    ["r.io", "r.io", true],
    ["https://r.io/v2/", "r.io", true],
    ["https://index.docker.io/v1/", "docker.io", true],
    ["r.io:5000", "r.io", false],
    ["https://evil.io", "r.io", false],
  ] as const
) {
  Deno.test(`credentials for "${serverAddress}" ${isMeant ? "go" : "do not go"} to ${domain}`, () => {
    const auth = { ...noAuth, username: "u", password: "p", serverAddress };
    assert.equal(credentialsFor(auth, domain) !== undefined, isMeant);
  });
}

for (
  const [user, expected] of [
    ["", { username: "" }],
    ["0", { uid: 0n, username: "" }],
    ["1003:1004", { uid: 1003n, username: "" }],
    ["www-data", { username: "www-data" }],
    ["www-data:x", { username: "www-data" }],
    [":5", { username: "" }],
    ["99999999999999999999", { username: "99999999999999999999" }],
  ] as const
) {
  Deno.test(`the image user "${user}" is read`, () => {
    assert.deepEqual(parseImageUser(user), expected);
  });
}
