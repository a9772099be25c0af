import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { type ServiceError, status } from "../support/cri_client.ts";
import { dockerClient } from "../../src/engines/docker/client/mod.ts";
import { DockerImages } from "../../src/engines/docker/images/mod.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { describe, hasCode } from "../../src/lib/errors.ts";
import { silentLogger } from "../../src/lib/log.ts";
import {
  freePort,
  makeImage,
  makeLayer,
  pauseImage,
  pushImage,
  registryUser,
  startRegistry,
  testEnvironment,
  waitFor,
} from "../support/mod.ts";
import { type RegistryFault, startFaultyRegistry } from "./faulty_registry.ts";
import { conditionIs, removePod, runPod, startNode } from "./support.ts";

// One attempt: how often Docker tries again, and how long it waits in between, is not ours.
const node = await startNode({ dockerd: { config: { "max-download-attempts": 1 } } });
const plain = await startRegistry();
const guarded = await startRegistry({ auth: true });
Deno.test.afterAll(async () => {
  await node[Symbol.asyncDispose]();
  await plain.stop();
  await guarded.stop();
});

let images = 0;

/** Random, so that a layer takes its time and is like no other. */
function newImage() {
  const content = crypto.getRandomValues(new Uint8Array(60_000));
  const layer = makeLayer([{ type: "file", path: `content-${++images}`, content }]);
  return makeImage([layer], { Cmd: ["x"] });
}

const pull = (image: string, auth = {}, options = {}) =>
  node.cri.image.pullImage({ image: { image }, auth }, options);
const find = async (image: string) =>
  (await node.cri.image.imageStatus({ image: { image } })).image;

/** Docker itself keeps the connection to a registry that stalls, but says that it has given up. */
async function pullsGivenUp(count: number): Promise<void> {
  await waitFor(`${count} pulls are given up in Docker`, {}, async () => {
    const log = await node.dockerd.log();
    return log.split("Not continuing with pull after error: context canceled").length > count;
  });
}

async function refusal(call: Promise<unknown>): Promise<ServiceError> {
  return await call.then(() => assert.fail("It succeeded"), (error: ServiceError) => error);
}

/** The pull fails with that code and text, and nothing of the image stays. */
async function fails(image: string, code: number, text: RegExp, auth = {}): Promise<void> {
  const error = await refusal(pull(image, auth));
  assert.match(error.details, text);
  assert.equal(error.code, code, error.details);
  assert.equal(await find(image), undefined);
}

Deno.test("credentials open a registry in every form a kubelet sends", async () => {
  await pushImage({ url: guarded.url, auth: registryUser }, "private/app", "1", newImage());
  const image = `${guarded.host}/private/app:1`;
  const { username, password } = registryUser;
  const pair = Buffer.from(`${username}:${password}`).toString("base64");
  const forms = [
    { username, password },
    { username, password, serverAddress: guarded.host },
    { username, password, serverAddress: `http://${guarded.host}/v2/` },
    { auth: pair },
    { auth: pair, serverAddress: guarded.host },
  ];
  for (const auth of forms) {
    const { imageRef } = await pull(image, auth);
    assert.equal((await find(image))?.id, imageRef);
    await node.cri.image.removeImage({ image: { image } });
  }
});

Deno.test("wrong, missing, foreign and malformed credentials are clear errors without the secret", async () => {
  const image = `${guarded.host}/private/app:1`;
  const { username, password } = registryUser;
  const { UNKNOWN, INVALID_ARGUMENT } = status;
  await fails(image, UNKNOWN, /no basic auth credentials|unauthorized|authentication/);
  await fails(image, UNKNOWN, /unauthorized|authentication/, { username, password: "hunter2" });
  await fails(image, UNKNOWN, /no basic auth|unauthorized|authentication/, {
    username,
    password,
    serverAddress: "registry.example.com",
  });
  await fails(image, INVALID_ARGUMENT, /auth/, { auth: "no base64 at all!" });
  await fails(image, UNKNOWN, /auth/, { identityToken: "secret-token" });
  await fails(image, UNKNOWN, /auth/, { registryToken: "secret-token" });
  const log = await node.frakti.log();
  for (
    const secret of ["hunter2", password, "secret-token", Buffer.from(password).toString("base64")]
  ) {
    assert.ok(!log.includes(secret), "a secret is in the log");
  }
});

Deno.test("an image that is not there is NotFound, a malformed name InvalidArgument", async () => {
  await pushImage(plain, "there/app", "1", newImage());
  await fails(`${plain.host}/there/app:2`, status.NOT_FOUND, /manifest/);
  await fails(`${plain.host}/not/there:1`, status.NOT_FOUND, /manifest|not found/);
  for (
    const name of [
      "",
      "host.io/UPPER/case:1",
      "a b",
      "x:y:z",
      "app@sha256:12",
      "-a",
      `a/${"b".repeat(300)}`,
    ]
  ) {
    const error = await refusal(pull(name));
    assert.equal(error.code, status.INVALID_ARGUMENT, name);
  }
});

Deno.test("TLS is verified: a trusted certificate is taken, an unknown one refused", async () => {
  await using trusted = await startRegistry({ tls: "trusted" });
  await using unknown = await startRegistry({ tls: "unknown" });
  const image = newImage();
  await pushOverTls(trusted.host, testEnvironment().tls.ca, image);
  const { imageRef } = await pull(`${trusted.host}/tls/app:1`);
  assert.equal((await find(`${trusted.host}/tls/app:1`))?.id, imageRef);
  const error = await refusal(pull(`${unknown.host}/tls/app:1`));
  assert.match(error.details, /certificate/);
  // Until somebody says that this host may be trusted; it has no images.
  const dir = `/etc/docker/certs.d/${unknown.host}`;
  await Deno.mkdir(dir, { recursive: true });
  await Deno.copyFile(unknown.certificatePath ?? "", `${dir}/ca.crt`);
  await fails(`${unknown.host}/tls/app:1`, status.NOT_FOUND, /manifest/);
});

/** By way of a plain address: pushImage itself trusts nobody new. */
async function pushOverTls(
  host: string,
  caPath: string,
  image: ReturnType<typeof newImage>,
): Promise<void> {
  using client = Deno.createHttpClient({ caCerts: [await Deno.readTextFile(caPath)] });
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname, search } = new URL(request.url);
      const headers = new Headers(request.headers);
      headers.delete("host");
      const hasBody = request.method === "PUT" || request.method === "POST";
      return await fetch(`https://${host}${pathname}${search}`, {
        client,
        method: request.method,
        headers,
        body: hasBody ? await request.arrayBuffer() : null,
      });
    },
  );
  await pushImage({ url: `http://127.0.0.1:${server.addr.port}` }, "tls/app", "1", image);
}

Deno.test("a registry that refuses connections is unavailable, in the words a kubelet knows", async () => {
  await fails(
    `127.0.0.1:${freePort()}/some/app:1`,
    status.UNAVAILABLE,
    /^RegistryUnavailable: .*refused/,
  );
});

const faults: readonly [RegistryFault, RegExp, number][] = [
  ["busy", /^RegistryUnavailable: /, status.UNAVAILABLE],
  ["speaks HTML", /./, status.UNKNOWN],
  ["corrupts", /verif|digest|corrupt/, status.UNKNOWN],
  ["breaks", /EOF|expected HTTP 206/, status.UNKNOWN],
];
for (const [fault, text, code] of faults) {
  Deno.test(`a registry that ${fault} fails the pull with one error, and a later pull works`, async () => {
    await pushImage(plain, `faults/${fault.split(" ")[0]}`.toLowerCase(), "1", newImage());
    await using registry = startFaultyRegistry(plain.url, fault);
    const image = `${registry.host}/faults/${fault.split(" ")[0]}:1`;
    await fails(image, code, text);
    registry.mend();
    const { imageRef } = await pull(image);
    assert.equal((await find(image))?.id, imageRef);
  });
}

Deno.test("another image than the digest asked for is refused", async () => {
  const wanted = await pushImage(plain, "faults/swaps", "wanted", newImage());
  await pushImage(plain, "faults/swaps", "other", newImage());
  await using registry = startFaultyRegistry(plain.url, "swaps", "other");
  await fails(`${registry.host}/faults/swaps@${wanted}`, status.UNKNOWN, /verif|digest/);
});

Deno.test("a pull that the client gives up ends at the registry, and can be tried again", async () => {
  await pushImage(plain, "faults/stalls", "1", newImage());
  await using registry = startFaultyRegistry(plain.url, "stalls");
  const image = `${registry.host}/faults/stalls:1`;
  const gone = new AbortController();
  const call = refusal(pull(image, {}, { signal: gone.signal }));
  await registry.stalled();
  gone.abort();
  assert.equal((await call).code, status.CANCELLED);
  await pullsGivenUp(1);
  assert.equal(await find(image), undefined);
  registry.mend();
  await pull(image);
});

Deno.test("a registry that stalls fails the pull with a clear error once its patience is over", async () => {
  await pushImage(plain, "faults/slow", "1", newImage());
  await using registry = startFaultyRegistry(plain.url, "stalls");
  const image = `${registry.host}/faults/slow:1`;
  // The same code with less patience than the two minutes that frakti has.
  const client = dockerClient({ socketPath: node.dockerd.socketPath });
  await client.connect();
  const images = new DockerImages({
    client,
    clock: systemClock,
    log: silentLogger,
    pauseImage,
    stallMs: 2_000,
  });
  await assert.rejects(images.pull(image, undefined, new AbortController().signal), (error) => {
    assert.ok(hasCode(error, "DeadlineExceeded"));
    assert.match(describe(error), /Nothing came for 2000 ms/);
    return true;
  });
  client.close();
  await pullsGivenUp(2);
  assert.equal(await find(image), undefined);
  registry.mend();
  await pull(image);
});

Deno.test("of two that wait for the same pull one may go away", async () => {
  await pushImage(plain, "faults/shared", "1", newImage());
  await using registry = startFaultyRegistry(plain.url, "stalls");
  const image = `${registry.host}/faults/shared:1`;
  const gone = new AbortController();
  const first = refusal(pull(image, {}, { signal: gone.signal }));
  const second = pull(image, {}, { timeoutMs: 3_000 });
  const secondEnds = refusal(second);
  await registry.stalled();
  gone.abort();
  assert.equal((await first).code, status.CANCELLED);
  assert.equal((await secondEnds).code, status.DEADLINE_EXCEEDED, "the pull went on for it");
  await pullsGivenUp(3);
});

Deno.test("dockerd killed in mid-pull fails the pull, and after its return the pull works", async () => {
  await pushImage(plain, "faults/killed", "1", newImage());
  await using registry = startFaultyRegistry(plain.url, "stalls");
  const image = `${registry.host}/faults/killed:1`;
  const call = refusal(pull(image));
  await registry.stalled();
  await node.dockerd.kill();
  assert.equal((await call).code, status.UNAVAILABLE);
  await conditionIs(node, "RuntimeReady", false);
  registry.mend();
  await node.dockerd.start();
  await conditionIs(node, "RuntimeReady", true);
  assert.equal(await find(image), undefined);
  const { imageRef } = await pull(image);
  assert.equal((await find(image))?.id, imageRef);
  await removePod(node, await runPod(node, "next"));
});
