import assert from "node:assert/strict";
import fc from "fast-check";
import {
  chooseForCommand,
  chooseForForward,
  offeredSubprotocols,
  supportedNames,
} from "./subprotocols.ts";

Deno.test("offers are read from a list with any spacing", () => {
  assert.deepEqual(offeredSubprotocols("v5.channel.k8s.io, v4.channel.k8s.io"), [
    "v5.channel.k8s.io",
    "v4.channel.k8s.io",
  ]);
  assert.deepEqual(offeredSubprotocols(" a ,,b,"), ["a", "b"]);
});

Deno.test("a client without the header offers the nameless subprotocol", () => {
  assert.deepEqual(offeredSubprotocols(undefined), [""]);
  assert.deepEqual(offeredSubprotocols(" "), [""]);
});

Deno.test("exec takes the newest subprotocol offered, in whatever order", () => {
  const offered = ["base64.channel.k8s.io", "v4.channel.k8s.io", "v5.channel.k8s.io", "other"];
  assert.equal(chooseForCommand(offered)?.name, "v5.channel.k8s.io");
  assert.equal(chooseForCommand(offered.slice(0, 2))?.name, "v4.channel.k8s.io");
  assert.equal(chooseForCommand(offered.slice(0, 1))?.name, "base64.channel.k8s.io");
});

Deno.test("only version 5 has the close signal", () => {
  const names = [...supportedNames("exec"), ""];
  const closing = names.filter((name) => chooseForCommand([name])?.hasCloseSignal);
  assert.deepEqual(closing, ["v5.channel.k8s.io"]);
});

Deno.test("the base64 subprotocols are those that say so", () => {
  const names = [...supportedNames("attach"), ""];
  const encoded = names.filter((name) => chooseForCommand([name])?.encoding === "base64");
  assert.deepEqual(encoded, ["v4.base64.channel.k8s.io", "base64.channel.k8s.io"]);
});

Deno.test("port-forward prefers the tunnel to channels", () => {
  const tunnel = "SPDY/3.1+portforward.k8s.io";
  assert.deepEqual(chooseForForward(["v4.channel.k8s.io", tunnel]), {
    kind: "tunnel",
    name: tunnel,
  });
  assert.equal(chooseForForward([""])?.kind, "channels");
});

Deno.test("nothing is chosen when nothing is supported", () => {
  assert.equal(chooseForCommand(["v6.channel.k8s.io", "chat"]), undefined);
  assert.equal(chooseForCommand(["SPDY/3.1+portforward.k8s.io"]), undefined);
  assert.equal(chooseForForward(["v5.channel.k8s.io", "channel.k8s.io"]), undefined);
});

const known = fc.constantFrom(...supportedNames("exec"), ...supportedNames("portforward"));
const latin1 = fc.uint8Array().map((bytes) => String.fromCharCode(...bytes));
const names = fc.oneof(known, fc.stringMatching(/^[!-+\--~]{1,20}$/));

Deno.test("offers come through however they are spaced and cut", () => {
  const gaps = fc.constantFrom("", " ", "\t", ", ,", ",");
  fc.assert(fc.property(fc.array(fc.tuple(names, gaps), { minLength: 1 }), (offers) => {
    const header = offers.map(([name, gap]) => `${gap}${name}${gap}`).join(",");
    assert.deepEqual(offeredSubprotocols(header), offers.map(([name]) => name));
  }));
});

Deno.test("any header is an offer of at least one name, without commas and spaces around", () => {
  fc.assert(fc.property(latin1, (header) => {
    const offered = offeredSubprotocols(header);
    assert.ok(offered.length > 0);
    for (const name of offered) {
      assert.ok(!name.includes(","));
      assert.equal(name, name.trim());
    }
  }));
});

Deno.test("what is chosen was offered, the order does not matter, and more offers choose no older", () => {
  const order = ["", ...supportedNames("exec").toReversed()];
  fc.assert(fc.property(fc.array(names), names, (offered, more) => {
    const chosen = chooseForCommand(offered);
    if (chosen !== undefined) assert.ok(offered.includes(chosen.name));
    assert.deepEqual(chooseForCommand(offered.toReversed()), chosen);
    const rank = (name: string | undefined) => name === undefined ? -1 : order.indexOf(name);
    assert.ok(rank(chooseForCommand([...offered, more])?.name) >= rank(chosen?.name));
    const forward = chooseForForward(offered);
    if (forward !== undefined) assert.ok(offered.includes(forward.name));
    assert.deepEqual(chooseForForward(offered.toReversed()), forward);
  }));
});
