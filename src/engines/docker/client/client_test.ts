import assert from "node:assert/strict";
import { hasCode } from "../../../lib/errors.ts";
import { dockerClient, socketPathOf } from "./client.ts";
import { answerJson, answerVersion, type FakeHandlers, startFakeEngine } from "./fake_engine.ts";

type Client = ReturnType<typeof dockerClient>;

async function withClient(
  onRequest: NonNullable<FakeHandlers["onRequest"]>,
  work: (client: Client, requests: readonly { readonly url: URL }[]) => Promise<void>,
): Promise<void> {
  await using engine = await startFakeEngine({
    onRequest: (request, response) => {
      if (!answerVersion(request, response)) onRequest(request, response);
    },
  });
  const client = dockerClient({ socketPath: engine.socketPath });
  try {
    await work(client, engine.requests);
  } finally {
    client.close();
  }
}

Deno.test("before the first connect every call is Unavailable", async () => {
  await withClient((_request, response) => answerJson(response, 200, {}), async (client) => {
    await assert.rejects(client.info(), (error) => hasCode(error, "Unavailable"));
    assert.equal(client.connection(), undefined);
  });
});

Deno.test("after connect every call carries the negotiated version", async () => {
  await withClient(
    (_request, response) => answerJson(response, 200, []),
    async (client, requests) => {
      await client.connect();
      await client.containers.list({ filters: { label: ["a=b"] } });
      assert.equal(requests.at(-1)?.url.pathname, "/v1.41/containers/json");
      assert.equal(requests.at(-1)?.url.searchParams.get("filters"), '{"label":["a=b"]}');
    },
  );
});

Deno.test("an engine that does not say its version is refused", async () => {
  await using engine = await startFakeEngine({
    onRequest: (_request, response) => answerJson(response, 200, {}),
  });
  const client = dockerClient({ socketPath: engine.socketPath });
  await assert.rejects(client.connect(), (error) => hasCode(error, "Unimplemented"));
  client.close();
});

Deno.test("ids cannot lead a path elsewhere", async () => {
  await withClient(
    (_request, response) => answerJson(response, 200, {}),
    async (client, requests) => {
      await client.connect();
      await client.containers.kill("../../images/x?force=1#", "SIGKILL");
      assert.equal(
        requests.at(-1)?.url.pathname,
        "/v1.41/containers/..%2F..%2Fimages%2Fx%3Fforce%3D1%23/kill",
      );
    },
  );
});

Deno.test("stop rounds the grace up to seconds and tells a container that did not run", async () => {
  await withClient((_request, response) => {
    response.writeHead(304);
    response.end();
  }, async (client, requests) => {
    await client.connect();
    assert.equal(await client.containers.stop("a", 1200), false);
    assert.equal(requests.at(-1)?.url.searchParams.get("t"), "2");
  });
});

Deno.test("a create without an id in its answer is an error", async () => {
  await withClient((_request, response) => answerJson(response, 201, {}), async (client) => {
    await client.connect();
    await assert.rejects(
      client.containers.create("x", { Image: "y", HostConfig: {} }),
      (error) => hasCode(error, "Internal"),
    );
  });
});

Deno.test("events end when their signal is aborted", async () => {
  await withClient((_request, response) => {
    response.write('{"Type":"container","Action":"die","Actor":{"ID":"a"},"time":1}\n');
  }, async (client) => {
    await client.connect();
    const abort = new AbortController();
    const events = await client.events({ signal: abort.signal, filters: { type: ["container"] } });
    const seen: string[] = [];
    await assert.rejects(async () => {
      for await (const event of events) {
        seen.push(`${event.action} ${event.id}`);
        abort.abort();
      }
    }, (error) => hasCode(error, "Cancelled"));
    assert.deepEqual(seen, ["die a"]);
  });
});

Deno.test("an endpoint is a unix socket's path, with or without its scheme", () => {
  assert.equal(socketPathOf("unix:///var/run/docker.sock"), "/var/run/docker.sock");
  assert.equal(socketPathOf("/var/run/docker.sock"), "/var/run/docker.sock");
  assert.equal(socketPathOf("tcp://127.0.0.1:2375"), undefined);
  assert.equal(socketPathOf("unix://relative"), undefined);
});
