import assert from "node:assert/strict";
import { createServer } from "node:http";
import { probeDocker } from "./docker_probe.ts";

/** Runs `test` with the socket of an Engine that answers with these bodies by path. */
async function withEngine(
  answers: Readonly<Record<string, unknown>>,
  test: (socketPath: string) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "frakti-probe-" });
  const server = createServer((request, response) => {
    const body = answers[request.url ?? ""];
    response.writeHead(body === undefined ? 404 : 200);
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  const socketPath = `${dir}/docker.sock`;
  await new Promise<void>((resolve) => server.listen(socketPath, () => resolve()));
  try {
    await test(socketPath);
  } finally {
    await new Promise((resolve) => server.close(resolve));
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("an Engine of today tells its parts and its authorization plugins", async () => {
  const answers = {
    "/version": {
      Version: "28.0.1",
      ApiVersion: "1.48",
      Components: [{ Name: "Engine", Version: "28.0.1" }, { Name: "runc", Version: "1.2.5" }],
    },
    "/info": {
      CgroupDriver: "systemd",
      Plugins: { Volume: ["local"], Authorization: ["opa"], Log: ["local"] },
    },
  };
  await withEngine(answers, async (socketPath) => {
    assert.deepEqual(await probeDocker(socketPath), {
      version: "28.0.1",
      apiVersion: "1.48",
      cgroupDriver: "systemd",
      components: [{ name: "engine", version: "28.0.1" }, { name: "runc", version: "1.2.5" }],
      authorizationPlugins: ["opa"],
    });
  });
});

Deno.test("an Engine of old, or without such plugins, has none", async () => {
  const version = { Version: "1.12.6", ApiVersion: "1.24" };
  for (const info of [{}, { Plugins: null }, { Plugins: { Authorization: null } }]) {
    await withEngine({ "/version": version, "/info": info }, async (socketPath) => {
      const facts = await probeDocker(socketPath);
      assert.deepEqual(facts.authorizationPlugins, []);
      assert.deepEqual([facts.components, facts.cgroupDriver], [[], "cgroupfs"]);
    });
  }
});

Deno.test("an Engine that is away, refuses, or answers oddly is told with its socket", async () => {
  await assert.rejects(probeDocker("/nowhere/docker.sock"), /Cannot reach .*"\/nowhere\/docker/);
  await withEngine({}, async (socketPath) => {
    await assert.rejects(
      probeDocker(socketPath),
      (error: Error) => String(error.cause).includes("HTTP status 404"),
    );
  });
  await withEngine({ "/version": "<html>" }, async (socketPath) => {
    await assert.rejects(probeDocker(socketPath), /Cannot read the answer of .* to \/version/);
  });
});
