import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, type ErrorCode, hasCode } from "../../src/lib/errors.ts";
import { type RegistryFault, startFaultyRegistry } from "../docker/faulty_registry.ts";
import {
  freePort,
  pushImage,
  registryUser,
  run,
  startRegistry,
  testEnvironment,
  waitFor,
} from "../support/mod.ts";
import { noAuth } from "../support/configs.ts";
import { fails, never, newImage, openStore, openWatchedStore } from "./images_support.ts";

const plain = await startRegistry();
const guarded = await startRegistry({ auth: true });
Deno.test.afterAll(async () => {
  await plain.stop();
  await guarded.stop();
});

const { username, password } = registryUser;
const pair = Buffer.from(`${username}:${password}`).toString("base64");

Deno.test("credentials open a registry in every form, and never stand in a command line", async () => {
  await pushImage({ url: guarded.url, auth: registryUser }, "private/app", "1", newImage());
  const { images, lines } = await openWatchedStore();
  const name = `${guarded.host}/private/app:1`;
  const forms = [
    { username, password },
    { username, password, serverAddress: guarded.host },
    { username, password, serverAddress: `http://${guarded.host}/v2/` },
    { auth: pair },
    { auth: pair, serverAddress: guarded.host },
  ];
  for (const auth of forms) {
    const id = await images.pull(name, { ...noAuth, ...auth }, never);
    assert.equal(images.find(name)?.id, id);
    await images.remove(name);
  }
  assert.ok(lines.length > 0);
  for (const line of lines) assert.ok(!line.includes(password) && !line.includes(pair), line);
});

Deno.test("wrong, missing, foreign and malformed credentials are clear errors without the secret", async () => {
  const store = await openStore();
  const name = `${guarded.host}/private/app:1`;
  await fails(store, name, "Unknown", /unauthorized|authentication/);
  await fails(store, name, "Unknown", /unauthorized|authentication/, { username, password: "no" });
  const elsewhere = { username, password, serverAddress: "registry.example.com" };
  await fails(store, name, "Unknown", /unauthorized|authentication/, elsewhere);
  await fails(store, name, "InvalidArgument", /auth/, { auth: "no base64 at all!" });
  for (const auth of [{ username, password: "hunter2" }, { identityToken: "hunter2" }]) {
    await assert.rejects(
      store.images.pull(name, { ...noAuth, ...auth }, never),
      (error) => !describe(error).includes("hunter2"),
    );
  }
});

Deno.test("an image or registry that is not there is told apart", async () => {
  const store = await openStore();
  await fails(store, `${plain.host}/not/here:1`, "NotFound", /manifest unknown|not found/);
  await fails(store, `127.0.0.1:${freePort()}/app:1`, "Unavailable", /^RegistryUnavailable: /);
  await fails(store, "0".repeat(64), "InvalidArgument", /is an id/);
});

Deno.test("TLS is verified: by the node's authorities, and by the one that the configuration names", async () => {
  await using trusted = await startRegistry({ tls: "trusted", withImages: true });
  await using unknown = await startRegistry({ tls: "unknown", withImages: true });
  const image = "library/busybox:1.28";
  const store = await openStore();
  await fails(store, `${unknown.host}/${image}`, "Unknown", /certificate/);
  await store.images.pull(`${trusted.host}/${image}`, undefined, never);
  const caFile = unknown.certificatePath;
  const named = await openStore({
    registries: { [unknown.host]: { mirrors: [], insecure: false, caFile } },
  });
  await named.images.pull(`${unknown.host}/${image}`, undefined, never);
  const insecure = await openStore({
    registries: { [unknown.host]: { mirrors: [], insecure: true } },
  });
  await insecure.images.pull(`${unknown.host}/${image}`, undefined, never);
});

Deno.test("mirrors are asked first, in order, and the registry itself when they have nothing", async () => {
  await using mirror = await startRegistry();
  await using empty = await startRegistry();
  const image = newImage();
  await pushImage(mirror, "team/app", "1", image);
  const { registryAddress } = testEnvironment();
  const host = `${registryAddress}:9`; // Nobody listens there.
  const mirrors = [`127.0.0.1:${freePort()}`, empty.host, mirror.host];
  const { images } = await openStore({ registries: { [host]: { mirrors, insecure: false } } });
  assert.equal(await images.pull(`${host}/team/app:1`, undefined, never), image.config.digest);
  assert.deepEqual(images.list()[0]?.repoTags, [`${host}/team/app:1`]);
  await pushImage(plain, "team/own", "1", newImage());
  const own = await openStore({
    registries: { [plain.host]: { mirrors: [empty.host], insecure: false } },
  });
  await own.images.pull(`${plain.host}/team/own:1`, undefined, never);
});

const faults: readonly (readonly [RegistryFault, ErrorCode, RegExp])[] = [
  ["corrupts", "Unknown", /digest/i],
  ["breaks", "Unavailable", /EOF|unexpected|reset/i],
  ["busy", "Unavailable", /^RegistryUnavailable: /],
  ["speaks HTML", "Internal", /not JSON/],
];

for (const [fault, code, text] of faults) {
  Deno.test(`a registry that ${fault} fails the pull once, and the next one works`, async () => {
    await pushImage(plain, "fault/app", "1", newImage());
    await using registry = startFaultyRegistry(`http://${plain.host}`, fault);
    const store = await openStore();
    const name = `${registry.host}/fault/app:1`;
    await fails(store, name, code, text);
    registry.mend();
    await store.images.pull(name, undefined, never);
  });
}

Deno.test("manifests that are not what was asked for are refused", async () => {
  const digest = await pushImage(plain, "swap/app", "1", newImage());
  const other = await pushImage(plain, "swap/app", "2", newImage());
  await using registry = startFaultyRegistry(`http://${plain.host}`, "swaps", other);
  await fails(
    await openStore(),
    `${registry.host}/swap/app@${digest}`,
    "Internal",
    /answered|digest/,
  )
    .catch((error) => assert.match(describe(error), /digest|manifest/i));
});

Deno.test("a registry that stalls is given up in bounded time, and so is one whose caller left", async () => {
  await pushImage(plain, "stall/app", "1", newImage());
  await using registry = startFaultyRegistry(`http://${plain.host}`, "stalls");
  const name = `${registry.host}/stall/app:1`;
  const store = await openStore({ stallMs: 1 });
  await fails(store, name, "DeadlineExceeded", /Nothing came/);
  const patient = await openStore();
  const leaving = new AbortController();
  const left = patient.images.pull(name, undefined, leaving.signal);
  await registry.stalled();
  leaving.abort();
  await assert.rejects(left, (error) => hasCode(error, "Cancelled"));
  registry.mend();
  await patient.images.pull(name, undefined, never);
});

Deno.test("the store's figures grow while a layer comes in, and fall when its pull is given up", async () => {
  await pushImage(plain, "slow/app", "1", newImage(8_000_000));
  await using registry = startFaultyRegistry(`http://${plain.host}`, "stalls");
  const { images } = await openStore();
  const used = async () => Number((await images.fsUsage()).usedBytes);
  const before = await used();
  const leaving = new AbortController();
  const pull = images.pull(`${registry.host}/slow/app:1`, undefined, leaving.signal);
  const left = assert.rejects(pull, (error) => hasCode(error, "Cancelled"));
  try {
    await registry.stalled();
    // Half of the layer has been sent.
    await waitFor("what has come in", {}, async () => await used() > before + 3_000_000);
  } finally {
    leaving.abort();
    await left;
  }
  await waitFor("the store to be as it was", {}, async () => await used() === before);
});

Deno.test("a full disk fails the pull with a clear error and leaves nothing", async () => {
  await pushImage(plain, "large/app", "1", newImage(8_000_000));
  const dir = `${Deno.env.get("FRAKTI_TEST_DIR")}/small`;
  await Deno.mkdir(dir);
  await run("mount", ["-t", "tmpfs", "-o", "size=6m", "tmpfs", dir]);
  try {
    const store = await openStore({}, `${dir}/qemu`);
    await fails(store, `${plain.host}/large/app:1`, "ResourceExhausted", /space/);
  } finally {
    await run("umount", [dir]);
  }
});
