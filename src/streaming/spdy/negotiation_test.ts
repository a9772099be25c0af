import assert from "node:assert/strict";
import fc from "fast-check";
import {
  chooseProtocol,
  hasResizeStream,
  offeredProtocols,
  supportedProtocols,
} from "./negotiation.ts";

const names = fc.constantFrom(
  ...supportedProtocols("exec"),
  ...supportedProtocols("portforward"),
  "v5.channel.k8s.io",
  "V4.CHANNEL.K8S.IO",
);

Deno.test("the client's order decides, among what is supported", () => {
  fc.assert(
    fc.property(
      fc.array(names),
      fc.constantFrom("exec", "attach", "portforward"),
      (offered, kind) => {
        const supported = supportedProtocols(kind);
        const chosen = chooseProtocol(offered, supported);
        const common = offered.filter((name) => supported.includes(name));
        assert.equal(chosen, common[0]);
      },
    ),
  );
});

Deno.test("header lines and comma-separated lists are the same offer", () => {
  fc.assert(
    fc.property(fc.array(names, { minLength: 1, maxLength: 9 }), fc.nat(8), (offered, at) => {
      const lines = [offered.slice(0, at).join(", "), offered.slice(at).join(" ,")];
      assert.deepEqual(offeredProtocols(lines), offered);
    }),
  );
});

Deno.test("no header, an empty one and a list without names offer nothing", () => {
  for (const lines of [[], [""], [" , ,"], ["", ""]]) assert.deepEqual(offeredProtocols(lines), []);
});

Deno.test("an endless list costs little", () => {
  assert.equal(offeredProtocols([",x".repeat(100_000), "a,".repeat(10_000)]).length, 99);
});

Deno.test("terminal sizes came with v3", () => {
  assert.deepEqual(supportedProtocols("exec").map(hasResizeStream), [true, true, false, false]);
});
