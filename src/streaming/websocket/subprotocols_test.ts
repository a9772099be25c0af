import assert from "node:assert/strict";
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
