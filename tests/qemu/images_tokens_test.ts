/** Pulls with tokens: one that opens the registry as it is, and one that is exchanged first. */

import assert from "node:assert/strict";
import { pushImage, startRegistry } from "../support/mod.ts";
import { noAuth } from "../support/configs.ts";
import { fails, never, newImage, openStore, openWatchedStore } from "./images_support.ts";

const plain = await startRegistry();
Deno.test.afterAll(() => plain.stop());

function listen(handler: (request: Request) => Promise<Response>) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
  return {
    host: `127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function refusal(headers: Readonly<Record<string, string>> = {}): Response {
  const errors = [{ code: "UNAUTHORIZED", message: "authentication required" }];
  return Response.json({ errors }, { status: 401, headers });
}

/**
 * A registry before the plain one that lets in who has the token, and notes what it was shown.
 * @param challenge what it says about where tokens are had.
 */
function serveWithToken(
  token: string,
  seen: Set<string | null>,
  challenge: Readonly<Record<string, string>> = {},
) {
  return listen(async (request) => {
    const shown = request.headers.get("authorization");
    seen.add(shown);
    if (shown !== `Bearer ${token}`) return refusal(challenge);
    const { pathname } = new URL(request.url);
    const headers = { accept: request.headers.get("accept") ?? "*/*" };
    return await fetch(`${plain.url}${pathname}`, { method: request.method, headers });
  });
}

/** Gives `token` to who posts the refresh token, and nothing to anybody else; notes what came. */
function serveRealm(refreshToken: string, token: string, asked: string[]) {
  return listen(async (request) => {
    const form = new URLSearchParams(await request.text());
    const fields = ["grant_type", "refresh_token", "service", "scope"];
    asked.push([request.method, ...fields.map((name) => form.get(name) ?? "-")].join(" "));
    const isRight = request.method === "POST" && form.get("grant_type") === "refresh_token" &&
      form.get("refresh_token") === refreshToken;
    return isRight ? Response.json({ access_token: token }) : refusal();
  });
}

Deno.test("a registry token goes to the registry, and neither to a mirror nor a command line", async () => {
  const token = "s3cret-token";
  await pushImage(plain, "token/app", "1", newImage());
  const seen = new Set<string | null>();
  await using upstream = serveWithToken(token, seen);
  await using mirror = await startRegistry();
  const { images, lines } = await openWatchedStore({
    registries: { [upstream.host]: { mirrors: [mirror.host], insecure: false } },
  });
  const name = `${upstream.host}/token/app:1`;
  const id = await images.pull(name, { ...noAuth, registryToken: token }, never);
  assert.equal(images.find(name)?.id, id);
  assert.deepEqual([...seen], [`Bearer ${token}`]);
  assert.ok(lines.length > 0);
  for (const line of lines) assert.ok(!line.includes(token), line);
  await images.remove(name);
  const store = await openStore();
  await fails(store, name, "Unknown", /unauthorized|authentication/, { registryToken: "other" });
});

Deno.test("an identity token is exchanged where the registry says, which never sees it itself", async () => {
  const [refreshToken, token] = ["s3cret-refresh-token", "s3cret-access-token"];
  await pushImage(plain, "identity/app", "1", newImage());
  const asked: string[] = [];
  const seen = new Set<string | null>();
  await using realm = serveRealm(refreshToken, token, asked);
  await using upstream = serveWithToken(token, seen, {
    "www-authenticate": `Bearer realm="http://${realm.host}/oauth2/token",service="registry.test"`,
  });
  const store = await openWatchedStore();
  const { images, lines } = store;
  const name = `${upstream.host}/identity/app:1`;
  await fails(store, name, "Unknown", /unauthorized|authentication/);
  assert.ok(asked.every((line) => line.startsWith("GET ")), asked.join("\n"));
  await fails(store, name, "Unknown", /unauthorized|authentication/, { identityToken: "other" });
  assert.deepEqual([...seen], [null]);

  asked.length = 0;
  const id = await images.pull(name, { ...noAuth, identityToken: refreshToken }, never);
  assert.equal(images.find(name)?.id, id);
  assert.deepEqual([...seen], [null, `Bearer ${token}`]);
  const order = `POST refresh_token ${refreshToken} registry.test repository:identity/app:pull`;
  assert.deepEqual([...new Set(asked)], [order]);
  for (const line of lines) assert.ok(!line.includes("s3cret"), line);
});
