import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, type ErrorCode, hasCode } from "../../../lib/errors.ts";
import { type ImageAccounts, parseGroup, parsePasswd } from "./accounts.ts";
import { plainSecurity } from "./test_facts.ts";
import { type Identity, resolveUser } from "./user.ts";

const accounts: ImageAccounts = {
  passwd: [
    "root:x:0:0:root:/root:/bin/sh",
    "# a comment",
    "web:x:33:34:Web:/var/www:/bin/false",
    "1000:x:0:0::/root:",
    "me:x:1000:1001:Me:/home/me:/bin/sh",
    "nohome:x:44:44",
  ].join("\n"),
  group: ["root:x:0:", "web:x:34:", "staff:x:50:me,web", "disk:x:6:me", "audio:x:29:other"].join(
    "\n",
  ),
};

function user(identity: Partial<Identity>, imageUser = "", files = accounts) {
  return resolveUser({ ...plainSecurity, ...identity }, imageUser, files);
}

Deno.test("nobody asks: the image's user, else root", () => {
  assert.deepEqual(user({}).user, { uid: 0, gid: 0, additionalGids: [0] });
  assert.equal(user({}).home, "/root");
  assert.deepEqual(user({}, "web").user, { uid: 33, gid: 34, additionalGids: [34, 50] });
  assert.deepEqual(user({}, "33:staff").user, { uid: 33, gid: 50, additionalGids: [50] });
  assert.deepEqual(user({}, "33:7").user, { uid: 33, gid: 7, additionalGids: [7, 50] });
  assert.deepEqual(user({}, ":staff").user, { uid: 0, gid: 50, additionalGids: [50] });
});

Deno.test("the container's user replaces the image's with its group", () => {
  assert.deepEqual(user({ runAsUser: 1000n }, "web:disk").user, {
    uid: 1000,
    gid: 1001,
    additionalGids: [1001, 50, 6],
  });
  assert.equal(user({ runAsUser: 1000n }).home, "/home/me");
  assert.equal(user({ runAsUsername: "me" }, "web").user.uid, 1000);
  assert.deepEqual(user({ runAsUser: 1000n, runAsGroup: 3000n }).user, {
    uid: 1000,
    gid: 3000,
    additionalGids: [3000, 50, 6],
  });
});

Deno.test("a user whom the image does not know has root's group and no home", () => {
  assert.deepEqual(user({ runAsUser: 4242n }), {
    user: { uid: 4242, gid: 0, additionalGids: [0] },
    home: "/",
  });
  assert.equal(user({ runAsUser: 44n }).home, "/");
  assert.deepEqual(user({}, "", {}).user, { uid: 0, gid: 0, additionalGids: [0] });
});

Deno.test("an image cannot give a number another meaning by a name like it", () => {
  assert.equal(user({ runAsUser: 1000n }).user.uid, 1000);
  assert.equal(user({}, "1000").user.uid, 1000);
  const group = "50:x:0:\n";
  assert.equal(user({}, "web:50", { ...accounts, group }).user.gid, 50);
});

Deno.test("supplemental groups are added to the image's, or stand alone with Strict", () => {
  const supplementalGroups = [4000n, 50n];
  assert.deepEqual(user({ runAsUser: 1000n, supplementalGroups }).user.additionalGids, [
    1001,
    50,
    6,
    4000,
  ]);
  const strict = {
    runAsUser: 1000n,
    supplementalGroups,
    supplementalGroupsPolicy: "strict",
  } as const;
  assert.deepEqual(user(strict).user.additionalGids, [1001, 4000, 50]);
});

Deno.test("what cannot be is refused", () => {
  const cases: readonly (readonly [Partial<Identity>, ErrorCode, RegExp])[] = [
    [{ runAsGroup: 5n }, "InvalidArgument", /run_as_group "5" is set without a user/],
    [{ runAsUser: -1n }, "InvalidArgument", /run_as_user "-1" is out of range/],
    [{ runAsUser: 2n ** 31n }, "InvalidArgument", /out of range/],
    [{ runAsUser: 1n, runAsGroup: 2n ** 40n }, "InvalidArgument", /run_as_group/],
    [{ supplementalGroups: [-5n] }, "InvalidArgument", /supplemental_groups "-5"/],
    [{ runAsUsername: "a:b" }, "InvalidArgument", /malformed/],
    [{ runAsUsername: "nobody" }, "FailedPrecondition", /"nobody" is not in the image/],
  ];
  for (const [identity, code, message] of cases) {
    assert.throws(() => user(identity), (error) => {
      assert.match(describe(error), message);
      return hasCode(error, code);
    });
  }
  assert.throws(() => user({}, "web:nowhere"), /Group "nowhere" is not in the image/);
});

Deno.test("lines that are no accounts are passed over", () => {
  assert.deepEqual(
    parsePasswd("x\n:x:1:1::/:\na:x:-1:1::/:\nb:x:1:99999999999::/:\n+::::::\nc:x:1:2::/h:\r\n"),
    [{ name: "c", uid: 1, gid: 2, home: "/h" }],
  );
  assert.deepEqual(parseGroup("g:x:12\nh:x:zz:a\nk:x:4294967295:a\n"), [
    { name: "g", gid: 12, members: [] },
  ]);
});

Deno.test("whatever the files say, a user is found or refused", () => {
  fc.assert(fc.property(fc.string(), fc.string(), fc.string(), (passwd, group, imageUser) => {
    try {
      const found = user({}, imageUser, { passwd, group });
      for (const id of [found.user.uid, found.user.gid, ...found.user.additionalGids]) {
        assert.ok(Number.isInteger(id) && id >= 0 && id < 2 ** 31);
      }
    } catch (error) {
      assert.ok(hasCode(error, "FailedPrecondition"), String(error));
    }
  }));
});
