import assert from "node:assert/strict";
import { openTokenGate } from "./token_gate.ts";

interface Seen {
  readonly url: string;
  readonly authorization: string | null;
}

/** A registry that answers so, and a gate to it. */
async function withGate(
  respond: (request: Request) => Response,
  work: (base: string, seen: readonly Seen[]) => Promise<void>,
): Promise<void> {
  const seen: Seen[] = [];
  const registry = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      const authorization = request.headers.get("authorization");
      seen.push({ url: new URL(request.url).pathname, authorization });
      return respond(request);
    },
  );
  const gate = await openTokenGate({
    domain: `127.0.0.1:${registry.addr.port}`,
    token: "s3cret",
    isPlain: true,
    authorities: [],
  });
  const [host = "", secret = ""] = gate.location.split("/");
  try {
    await work(`http://${host}/v2/${secret}`, seen);
  } finally {
    await gate.close();
    await registry.shutdown();
  }
}

Deno.test("what passes the gate carries the token, and the answer comes back as it was", async () => {
  const headers = { "docker-content-digest": "sha256:a", "set-cookie": "a=b" };
  await withGate(() => new Response("manifest", { headers }), async (base, seen) => {
    const response = await fetch(`${base}/team/app/manifests/1`);
    assert.equal(await response.text(), "manifest");
    assert.equal(response.headers.get("docker-content-digest"), "sha256:a");
    assert.equal(response.headers.get("set-cookie"), null);
    assert.deepEqual(seen, [{ url: "/v2/team/app/manifests/1", authorization: "Bearer s3cret" }]);
  });
});

Deno.test("without the secret path nothing passes, and nothing but reading", async () => {
  await withGate(() => new Response("no"), async (base, seen) => {
    const { origin } = new URL(base);
    const asked = await Promise.all([
      fetch(`${origin}/v2/`),
      fetch(`${origin}/v2/team/app/manifests/1`),
      fetch(`${origin}/v2/${"0".repeat(32)}/team/app/manifests/1`),
      fetch(`${base}/team/app/blobs/uploads/`, { method: "POST" }),
    ]);
    assert.deepEqual(asked.map(({ status }) => status), [200, 404, 404, 405]);
    assert.deepEqual(seen, []);
  });
});

Deno.test("a redirect to a store of blobs is followed without the token", async () => {
  const store = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => new Response(request.headers.get("authorization") ?? "blob"),
  );
  const location = `http://127.0.0.1:${store.addr.port}/blob`;
  await withGate(() => new Response(null, { status: 307, headers: { location } }), async (base) => {
    assert.equal(await (await fetch(`${base}/team/app/blobs/sha256:a`)).text(), "blob");
  });
  await store.shutdown();
});

Deno.test("a registry that redirects without end is an error of the gate", async () => {
  await withGate(
    (request) => new Response(null, { status: 302, headers: { location: request.url } }),
    async (base, seen) => {
      const response = await fetch(`${base}/team/app/manifests/1`);
      assert.equal(response.status, 502);
      assert.match(await response.text(), /more than 5 times/);
      assert.equal(seen.length, 6);
    },
  );
});

Deno.test("a registry that is not there is an error of the gate without the token", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const domain = `127.0.0.1:${port}`;
  const gate = await openTokenGate({ domain, token: "s3cret", isPlain: true, authorities: [] });
  const [host, secret] = gate.location.split("/");
  const response = await fetch(`http://${host}/v2/${secret}/app/manifests/1`);
  assert.equal(response.status, 502);
  assert.doesNotMatch(await response.text(), /s3cret/);
  await gate.close();
});
