import assert from "node:assert/strict";
import { noAuth } from "../support/configs.ts";
import { describe, hasCode } from "../../src/lib/errors.ts";
import {
  makeImage,
  makeLayer,
  pushImage,
  registryUser,
  startDockerd,
  startRegistry,
  waitFor,
} from "../support/mod.ts";
import {
  busybox,
  connectTo,
  type Lower,
  makeContainer,
  pause,
  pins,
  removeAll,
  spoken,
  startPause,
} from "./client_support.ts";

const dockerd = await startDockerd();
const registry = await startRegistry();
const locked = await startRegistry({ auth: true });
Deno.test.afterAll(async () => {
  await dockerd.stop();
  await registry.stop();
  await locked.stop();
});

const manifestType = "application/vnd.docker.distribution.manifest.v2+json";
const noAbort = new AbortController().signal;
const { username, password } = registryUser;

/** Pushes an image of its own; the digest of its manifest. */
function push(
  target: { readonly url: string; readonly auth?: typeof registryUser },
  repo: string,
  tag: string,
  user = "",
): Promise<string> {
  const layer = makeLayer([{ type: "file", path: "name", content: `${repo}:${user}` }]);
  const config = { Cmd: ["sh"], ...(user === "" ? {} : { User: user }) };
  return pushImage(target, repo, tag, makeImage([layer], config));
}

async function withImages(
  pin: typeof pins[number],
  work: (lower: Lower) => Promise<void>,
): Promise<void> {
  const lower = await connectTo(dockerd.socketPath, pin);
  try {
    await work(lower);
  } finally {
    await removeAll(lower);
    for (const { id } of await lower.images.list()) await lower.images.remove(id);
    assert.deepEqual(await lower.images.list(), []);
    lower.client.close();
  }
}

for (const pin of pins) {
  Deno.test(`an image is pulled, found by every reference and removed over ${spoken(pin)}`, async () => {
    await withImages(pin, async ({ images }) => {
      const digest = await push(registry, "app", "1", "1003:1004");
      await push(registry, "app", "2", "1003:1004");
      const name = `${registry.host}/app`;
      const id = await images.pull(`${name}:1`, undefined, noAbort);
      assert.match(id, /^sha256:[0-9a-f]{64}$/);
      assert.equal(await images.pull(`${name}:2`, undefined, noAbort), id);
      const found = await images.find(`${name}:1`);
      assert.deepEqual([found?.uid, found?.username, found?.pinned], [1003n, "", false]);
      assert.ok(found !== undefined && found.sizeBytes > 0n);
      assert.deepEqual(new Set(found.repoTags), new Set([`${name}:1`, `${name}:2`]));
      assert.deepEqual(found.repoDigests, [`${name}@${digest}`]);
      for (const reference of [`${name}@${digest}`, id, id.slice(7), id.slice(7, 19)]) {
        assert.equal((await images.find(reference))?.id, id, reference);
      }
      // Docker itself finds some of these.
      for (const reference of [name, "app:1", `${name}:3`, `other@${digest}`, id.slice(7, 12)]) {
        assert.equal(await images.find(reference), undefined, reference);
      }
      assert.deepEqual((await images.list()).map((image) => image.id), [id]);
      await images.remove(`${name}:2`);
      assert.equal(await images.find(`${name}:1`), undefined);
      await images.remove(`${name}:2`);
      await images.remove(id);
    });
  });

  Deno.test(`an image is pulled by its digest and has no tag over ${spoken(pin)}`, async () => {
    await withImages(pin, async ({ images }) => {
      const digest = await push(registry, "bydigest", "1", "www-data:x");
      const name = `${registry.host}/bydigest`;
      const id = await images.pull(`${name}@${digest}`, undefined, noAbort);
      const found = await images.find(`${name}@${digest}`);
      assert.deepEqual([found?.id, found?.repoTags, found?.username], [id, [], "www-data"]);
      assert.deepEqual((await images.list()).map(({ repoDigests }) => repoDigests), [[
        `${name}@${digest}`,
      ]]);
      await images.remove(`${name}@${digest}`);
      assert.equal(await images.find(id), undefined);
    });
  });

  Deno.test(`names of Docker Hub are listed in full over ${spoken(pin)}`, async () => {
    await withImages(pin, async ({ images }) => {
      const id = await images.pull("busybox:1.28", undefined, noAbort);
      const full = "docker.io/library/busybox:1.28";
      assert.deepEqual((await images.find(full))?.repoTags, [full]);
      assert.equal((await images.find("library/busybox:1.28"))?.id, id);
      assert.equal(await images.find("other/busybox:1.28"), undefined);
    });
  });

  Deno.test(`credentials in every form open a registry over ${spoken(pin)}`, async () => {
    await withImages(pin, async ({ images }) => {
      await push({ url: locked.url, auth: registryUser }, "secret", "1");
      const name = `${locked.host}/secret:1`;
      const forms = [
        { ...noAuth, username, password },
        { ...noAuth, auth: btoa(`${username}:${password}`) },
        { ...noAuth, username, password, serverAddress: `https://${locked.host}/v2/` },
      ];
      for (const auth of forms) {
        const id = await images.pull(name, auth, noAbort);
        await images.remove(id);
      }
      const wrong = [
        undefined,
        { ...noAuth, username, password: "wrong" },
        { ...noAuth, username, password, serverAddress: "elsewhere.test" },
      ];
      for (const auth of wrong) {
        await assert.rejects(images.pull(name, auth, noAbort), (error) => {
          assert.ok(hasCode(error, "Unknown"), describe(error));
          assert.match(describe(error), /unauthorized|no basic auth credentials/);
          assert.ok(!describe(error).includes("wrong"));
          return true;
        });
      }
    });
  });

  Deno.test(`pulls that cannot succeed say why over ${spoken(pin)}`, async () => {
    await withImages(pin, async ({ images }) => {
      await push(registry, "here", "1");
      const gone = `sha256:${"0".repeat(64)}`;
      for (
        const [reference, code] of [
          [`${registry.host}/here:2`, "NotFound"],
          [`${registry.host}/nowhere:1`, "NotFound"],
          [`${registry.host}/here@${gone}`, "NotFound"],
          ["127.0.0.1:1/x:1", "Unavailable"],
        ] as const
      ) {
        await assert.rejects(images.pull(reference, undefined, noAbort), (error) => {
          assert.ok(hasCode(error, code), `${reference}: ${describe(error)}`);
          const isAway = describe(error).startsWith("RegistryUnavailable: ");
          assert.equal(isAway, code === "Unavailable");
          return true;
        });
      }
      assert.deepEqual(await images.list(), []);
    });
  });

  Deno.test(`a registry that serves other bytes than its digests is refused over ${spoken(pin)}`, async () => {
    await withImages(pin, async ({ images }) => {
      const { manifest, config, layers } = makeImage(
        [makeLayer([{ type: "file", path: "x", content: "right" }])],
        {},
      );
      const other = makeLayer([{ type: "file", path: "x", content: "wrong" }]);
      await using liar = lyingRegistry((path) => {
        const body = path.includes("/manifests/")
          ? manifest.bytes
          : path.endsWith(config.digest)
          ? config.bytes
          : other.bytes;
        return new Response(body.slice(), { headers: { "Content-Type": manifestType } });
      });
      assert.notEqual(layers[0]?.digest, other.digest);
      for (const reference of [`x@sha256:${"0".repeat(64)}`, "x:1"]) {
        await assert.rejects(
          images.pull(`${liar.host}/${reference}`, undefined, noAbort),
          (error) => {
            assert.ok(hasCode(error, "Unknown"), describe(error));
            assert.match(describe(error), /digest/);
            return true;
          },
        );
      }
      assert.deepEqual(await images.list(), []);
    });
  });

  Deno.test(`a registry that answers with 503 is away over ${spoken(pin)}`, async () => {
    await withImages(pin, async ({ images }) => {
      for (const status of [502, 503, 504]) {
        await using down = lyingRegistry(() => new Response("no", { status }));
        await assert.rejects(images.pull(`${down.host}/x:1`, undefined, noAbort), (error) => {
          assert.ok(hasCode(error, "Unavailable"), describe(error));
          assert.match(describe(error), /^RegistryUnavailable: /);
          return true;
        });
      }
    });
  });

  Deno.test(`a caller that goes away ends a pull that hangs over ${spoken(pin)}`, async () => {
    await withImages(pin, async ({ images }) => {
      let asked = 0;
      await using hung = lyingRegistry(() => {
        asked++;
        return new Promise<Response>(() => {});
      });
      const abort = new AbortController();
      const failed = assert.rejects(
        images.pull(`${hung.host}/x:1`, undefined, abort.signal),
        (error) => hasCode(error, "Cancelled"),
      );
      await waitFor("Docker asks the registry", {}, () => asked > 0);
      abort.abort();
      await failed;
      await assert.rejects(
        images.pull(`${registry.host}/here:1`, undefined, AbortSignal.abort()),
        (error) => hasCode(error, "Cancelled"),
      );
      // The next request works.
      await push(registry, "here", "1");
      await images.pull(`${registry.host}/here:1`, undefined, noAbort);
    });
  });

  Deno.test(`an image in use stays whole over ${spoken(pin)}`, async () => {
    await withImages(pin, async (lower) => {
      const { images } = lower;
      await images.pull(busybox, undefined, noAbort);
      const sandbox = await startPause(lower);
      await makeContainer(lower, sandbox);
      await assert.rejects(images.remove(busybox), (error) => hasCode(error, "FailedPrecondition"));
      assert.deepEqual((await images.find(busybox))?.repoTags, [busybox]);
      assert.equal((await images.find(pause))?.pinned, true);
    });
  });

  Deno.test(`an image moves as an archive, with its tag, over ${spoken(pin)}`, async () => {
    await withImages(pin, async ({ images }) => {
      await push(registry, "moved", "1");
      const name = `${registry.host}/moved:1`;
      const id = await images.pull(name, undefined, noAbort);
      const archive = await new Response(await images.exportImage(name)).bytes();
      const known = await images.find(name);
      assert.ok(known !== undefined);
      await images.remove(id);
      assert.equal(await images.importImage(ReadableStream.from([archive]), known), id);
      assert.deepEqual((await images.find(name))?.repoTags, [name]);
      await assert.rejects(images.exportImage("x:1"), (error) => hasCode(error, "NotFound"));
      await assert.rejects(images.importImage(ReadableStream.from([new Uint8Array(2000)]), known));
    });
  });

  Deno.test(`the image file system has figures over ${spoken(pin)}`, async () => {
    await withImages(pin, async ({ images }) => {
      await images.pull(busybox, undefined, noAbort);
      const { imageFilesystems: [usage], containerFilesystems } = await images.fsInfo();
      assert.equal(usage?.mountpoint, dockerd.dataRoot);
      assert.ok(usage.usedBytes > 1_000_000n && usage.inodesUsed > 0n && usage.timestampNs > 0n);
      assert.equal(containerFilesystems.length, 1);
    });
  });
}

/** A registry of version 2 that answers everything below its root as it likes. */
function lyingRegistry(answer: (path: string) => Response | Promise<Response>) {
  const stop = new AbortController();
  const options = { hostname: "127.0.0.1", port: 0, signal: stop.signal, onListen: () => {} };
  const server = Deno.serve(options, (request) => {
    const { pathname } = new URL(request.url);
    return pathname === "/v2/" ? new Response("{}") : answer(pathname);
  });
  return {
    host: `127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await server.finished;
    },
  };
}
