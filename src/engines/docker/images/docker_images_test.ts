import assert from "node:assert/strict";
import type http from "node:http";
import { Buffer } from "node:buffer";
import { describe, FraktiError, hasCode } from "../../../lib/errors.ts";
import { FakeClock } from "../../../lib/fake_clock.ts";
import { silentLogger } from "../../../lib/log.ts";
import { dockerClient } from "../client/client.ts";
import {
  answerJson,
  answerVersion,
  type FakeEngine,
  type FakeRequest,
  startFakeEngine,
} from "../client/fake_engine.ts";
import { imageId } from "../../ids.ts";
import { DockerImages } from "./docker_images.ts";

const id = `sha256:${"1".repeat(64)}`;
const otherId = `sha256:${"2".repeat(64)}`;
const digest = `sha256:${"d".repeat(64)}`;

/** An engine with one image, which its generous inspect finds by any reference. */
const image = {
  Id: id,
  RepoTags: ["r.io/app:1"],
  RepoDigests: [`r.io/app@${digest}`],
  Size: 10,
  Config: { User: "1003:1004" },
};

interface Store {
  images: readonly (typeof image)[];
  pull: (request: FakeRequest, response: http.ServerResponse) => void;
  containers: readonly unknown[];
}

async function withImages(
  change: Partial<Store>,
  work: (parts: {
    readonly images: DockerImages;
    readonly engine: FakeEngine;
    readonly clock: FakeClock;
    readonly store: Store;
  }) => Promise<void>,
): Promise<void> {
  const store: Store = {
    images: [image],
    pull: (_request, response) => response.end(),
    containers: [],
    ...change,
  };
  await using engine = await startFakeEngine({
    onRequest: (request, response) => {
      if (!answerVersion(request, response)) answer(store, request, response);
    },
  });
  const clock = new FakeClock();
  const client = dockerClient({ socketPath: engine.socketPath, clock });
  await client.connect();
  const images = new DockerImages({
    client,
    clock,
    log: silentLogger,
    pauseImage: "r.io/app:1",
    stallMs: 60_000,
  });
  try {
    await work({ images, engine, clock, store });
    assert.equal(clock.pending, 0, "a timer was left behind");
  } finally {
    client.close();
  }
}

function answer(store: Store, request: FakeRequest, response: http.ServerResponse): void {
  const path = request.url.pathname.replace("/v1.41", "");
  if (path === "/images/create") return store.pull(request, response);
  if (path === "/images/json") return answerJson(response, 200, store.images);
  if (path === "/containers/json") return answerJson(response, 200, store.containers);
  if (path === "/system/df") return answerJson(response, 200, { LayersSize: 10 });
  if (path === "/info") return answerJson(response, 200, { DockerRootDir: "/" });
  if (request.method === "DELETE") {
    store.images = [];
    return answerJson(response, 200, []);
  }
  const [found] = store.images;
  if (found === undefined) return answerJson(response, 404, { message: "No such image: x" });
  answerJson(response, 200, found);
}

function lines(response: http.ServerResponse, ...values: readonly unknown[]): void {
  for (const value of values) response.write(`${JSON.stringify(value)}\r\n`);
}

const noAbort = new AbortController().signal;

Deno.test("an image is found by its tag, its digest and its id", async () => {
  await withImages({}, async ({ images }) => {
    for (const reference of ["r.io/app:1", `r.io/app@${digest}`, id, id.slice(7)]) {
      assert.deepEqual(await images.find(reference), {
        id,
        repoTags: ["r.io/app:1"],
        repoDigests: [`r.io/app@${digest}`],
        sizeBytes: 10n,
        uid: 1003n,
        username: "",
        pinned: true,
        annotations: {},
      });
    }
  });
});

Deno.test("what the engine finds by looking alike is not found", async () => {
  await withImages({}, async ({ images }) => {
    const others = ["r.io/app", "app:1", "r.io/app:2", `r.io/other@${digest}`, otherId];
    for (const reference of others) assert.equal(await images.find(reference), undefined);
  });
});

Deno.test("a shortened id is found when it means one image", async () => {
  await withImages({}, async ({ images, store }) => {
    assert.equal((await images.find("1111111"))?.id, id);
    store.images = [image, { ...image, Id: `sha256:${"1".repeat(63)}2` }];
    assert.equal(await images.find("1111111"), undefined);
  });
});

Deno.test("a malformed reference is refused, an absent image is none", async () => {
  await withImages({ images: [] }, async ({ images }) => {
    await assert.rejects(images.find("a//b"), (error) => hasCode(error, "InvalidArgument"));
    assert.equal(await images.find("r.io/app:1"), undefined);
  });
});

Deno.test("the list has names in full, each image once, and a size for all", async () => {
  const other = { ...image, Id: otherId, RepoTags: ["busybox:1"], RepoDigests: [], Size: 0 };
  await withImages({ images: [image, image, other] }, async ({ images }) => {
    const listed = await images.list();
    assert.deepEqual(listed.map((listedImage) => listedImage.id), [id, otherId]);
    assert.deepEqual(listed[1]?.repoTags, ["docker.io/library/busybox:1"]);
    assert.deepEqual(listed.map(({ sizeBytes }) => sizeBytes), [10n, 1n]);
    assert.deepEqual(listed.map(({ pinned }) => pinned), [true, false]);
  });
});

Deno.test("the list asks for each image's user once", async () => {
  await withImages({}, async ({ images, engine }) => {
    await images.list();
    const before = engine.requests.length;
    await images.list();
    assert.equal(engine.requests.length, before + 1);
  });
});

Deno.test("a pull sends its name, tag and credentials, and answers with the id", async () => {
  await withImages({
    pull: (_request, response) => {
      lines(response, { status: `Digest: ${digest}` });
      response.end();
    },
  }, async ({ images, engine }) => {
    const auth = {
      username: "u?>",
      password: "p",
      auth: "",
      serverAddress: "",
      identityToken: "",
      registryToken: "",
    };
    assert.equal(await images.pull("r.io/app:1", auth, noAbort), id);
    const pull = engine.requests.find(({ url }) => url.pathname.endsWith("/images/create"));
    assert.equal(pull?.url.searchParams.get("fromImage"), "r.io/app");
    assert.equal(pull?.url.searchParams.get("tag"), "1");
    const header = String(pull?.headers["x-registry-auth"]);
    assert.match(header, /^[A-Za-z0-9_=-]+$/);
    assert.deepEqual(JSON.parse(Buffer.from(header, "base64url").toString()), {
      username: "u?>",
      password: "p",
      serveraddress: "r.io",
    });
  });
});

Deno.test("a pull by digest asks for the digest", async () => {
  await withImages({}, async ({ images, engine }) => {
    await images.pull(`r.io/app:9@${digest}`, undefined, noAbort);
    const pull = engine.requests.find(({ url }) => url.pathname.endsWith("/images/create"));
    assert.equal(pull?.url.searchParams.get("tag"), digest);
    assert.equal(pull?.headers["x-registry-auth"], undefined);
  });
});

Deno.test("a pull of an id is refused", async () => {
  await withImages({}, async ({ images }) => {
    await assert.rejects(
      images.pull(id, undefined, noAbort),
      (error) => hasCode(error, "InvalidArgument"),
    );
  });
});

const failures: readonly [string, number, unknown, string, string][] = [
  ["an error inside a good answer", 200, { error: "boom" }, "Unknown", "boom"],
  ["an error in the newer form", 200, { errorDetail: { message: "boom" } }, "Unknown", "boom"],
  [
    "a missing manifest",
    404,
    { message: "manifest for r.io/app:1 not found: manifest unknown" },
    "NotFound",
    "manifest unknown",
  ],
  [
    "missing credentials",
    500,
    { message: "Get https://r.io/v2/: no basic auth credentials" },
    "Unknown",
    "no basic auth credentials",
  ],
  [
    "a registry that is away",
    500,
    { message: "dial tcp 127.0.0.1:1: connect: connection refused" },
    "Unavailable",
    "RegistryUnavailable: Cannot pull image",
  ],
  [
    "a registry that is away in the middle",
    200,
    { error: "received unexpected HTTP status: 503 Service Unavailable" },
    "Unavailable",
    "RegistryUnavailable: Cannot pull image",
  ],
  [
    "a wrong digest",
    200,
    { error: "image verification failed for digest sha256:x" },
    "Unknown",
    "verification failed",
  ],
];

for (const [what, status, body, code, words] of failures) {
  Deno.test(`a pull fails clearly on ${what}`, async () => {
    await withImages({
      pull: (_request, response) => {
        if (status !== 200) return answerJson(response, status, body);
        lines(response, { status: "Pulling" }, body);
        response.end();
      },
    }, async ({ images }) => {
      await assert.rejects(images.pull("r.io/app:1", undefined, noAbort), (error) => {
        assert.ok(error instanceof FraktiError);
        assert.equal(error.code, code);
        assert.ok(describe(error).includes(words), describe(error));
        return true;
      });
    });
  });
}

Deno.test("a pull after which the image is not there is an error", async () => {
  await withImages({ images: [] }, async ({ images }) => {
    await assert.rejects(
      images.pull("r.io/app:1", undefined, noAbort),
      (error) => hasCode(error, "Internal"),
    );
  });
});

Deno.test("an engine that dies in the middle of a pull is Unavailable", async () => {
  await withImages({
    pull: (_request, response) => {
      response.write('{"status":"Pulling"}\r\n', () => response.destroy());
    },
  }, async ({ images }) => {
    await assert.rejects(
      images.pull("r.io/app:1", undefined, noAbort),
      (error) => hasCode(error, "Unavailable"),
    );
  });
});

/** Waits until the fake engine has had `count` pulls. */
async function pulls(engine: FakeEngine, count: number): Promise<void> {
  const had = () => engine.requests.filter(({ url }) => url.pathname.endsWith("/images/create"));
  while (had().length < count) await new Promise((resolve) => setTimeout(resolve, 1));
}

Deno.test("a pull that stalls is given up, though the engine goes on talking", async () => {
  let say = () => {};
  let closed = () => {};
  const isClosed = new Promise<void>((resolve) => closed = resolve);
  await withImages({
    pull: (_request, response) => {
      response.on("close", closed);
      say = () => lines(response, { id: "a", status: "Retrying in 5 seconds" });
      say();
    },
  }, async ({ images, engine, clock }) => {
    const failed = assert.rejects(
      images.pull("r.io/app:1", undefined, noAbort),
      (error) => hasCode(error, "DeadlineExceeded"),
    );
    await pulls(engine, 1);
    for (let step = 0; step < 4; step++) {
      await clock.advance(20_000);
      say();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await failed;
    await isClosed;
  });
});

Deno.test("equal pulls at the same time are one, with other credentials they are two", async () => {
  const finish: (() => void)[] = [];
  await withImages({
    pull: (_request, response) => {
      finish.push(() => response.end());
    },
  }, async ({ images, engine }) => {
    const auth = {
      username: "u",
      password: "p",
      auth: "",
      serverAddress: "",
      identityToken: "",
      registryToken: "",
    };
    const all = [
      images.pull("r.io/app:1", undefined, noAbort),
      images.pull("r.io/app:1", undefined, noAbort),
      images.pull("r.io/app:1", auth, noAbort),
    ];
    await pulls(engine, 2);
    for (const end of finish) end();
    assert.deepEqual(await Promise.all(all), [id, id, id]);
    assert.equal(finish.length, 2);
  });
});

Deno.test("a caller that goes away leaves the pull to the others; the last one ends it", async () => {
  let closed = () => {};
  const isClosed = new Promise<void>((resolve) => closed = resolve);
  let isOpen = true;
  await withImages({
    pull: (_request, response) => {
      response.on("close", () => {
        isOpen = false;
        closed();
      });
      lines(response, { status: "Pulling" });
    },
  }, async ({ images, engine }) => {
    const [first, second] = [new AbortController(), new AbortController()];
    const cancelled = (error: unknown) => hasCode(error, "Cancelled");
    const one = assert.rejects(images.pull("r.io/app:1", undefined, first.signal), cancelled);
    const two = assert.rejects(images.pull("r.io/app:1", undefined, second.signal), cancelled);
    await pulls(engine, 1);
    first.abort();
    await one;
    assert.ok(isOpen);
    second.abort();
    await two;
    await isClosed;
  });
});

Deno.test("removing an image takes all its names, and absence is success", async () => {
  await withImages({}, async ({ images, engine }) => {
    await images.remove("r.io/app:1");
    const removal = engine.requests.find(({ method }) => method === "DELETE");
    assert.equal(decodeURIComponent(removal?.url.pathname ?? ""), `/v1.41/images/${id}`);
    assert.equal(removal?.url.searchParams.get("force"), "1");
    await images.remove("r.io/app:1");
  });
});

Deno.test("an image that a container uses is not removed", async () => {
  await withImages({ containers: [{ Id: "c1", ImageID: id }] }, async ({ images, engine }) => {
    await assert.rejects(
      images.remove("r.io/app:1"),
      (error) => hasCode(error, "FailedPrecondition") && describe(error).includes('"c1"'),
    );
    assert.ok(!engine.requests.some(({ method }) => method === "DELETE"));
  });
});

Deno.test("the pause image is pulled only when it is missing", async () => {
  await withImages({}, async ({ images, engine }) => {
    assert.equal(await images.ensurePauseImage(), id);
    assert.ok(!engine.requests.some(({ url }) => url.pathname.endsWith("/images/create")));
  });
});

Deno.test("the file system's figures are asked for once in a while", async () => {
  await withImages({}, async ({ images, engine, clock }) => {
    const [first] = (await images.fsInfo()).imageFilesystems;
    assert.equal(first?.mountpoint, "/");
    assert.equal(first?.usedBytes, 10n);
    const before = engine.requests.length;
    await images.fsInfo();
    assert.equal(engine.requests.length, before);
    await clock.advance(31_000);
    await Promise.all([images.fsInfo(), images.fsInfo()]);
    const asked = engine.requests.slice(before).map(({ url }) => url.pathname);
    assert.deepEqual(asked, ["/v1.41/images/json", "/v1.41/system/df"]);
  });
});

Deno.test("an import that the engine refuses in its stream is an error", async () => {
  await using engine = await startFakeEngine({
    onRequest: (request, response) => {
      if (answerVersion(request, response)) return;
      response.end('{"errorDetail":{"message":"bad tar"}}\n');
    },
  });
  const client = dockerClient({ socketPath: engine.socketPath });
  await client.connect();
  const images = new DockerImages({
    client,
    clock: new FakeClock(),
    log: silentLogger,
    pauseImage: "x",
  });
  await assert.rejects(
    images.importImage(ReadableStream.from([new Uint8Array(3)]), {
      id: imageId("sha256:00"),
      repoTags: [],
      repoDigests: [],
    }),
    (error) => describe(error).includes("bad tar"),
  );
  client.close();
});
