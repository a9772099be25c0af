import assert from "node:assert/strict";
import { type Credentials, parseReference } from "../../../images/mod.ts";
import { systemClock } from "../../../lib/clock.ts";
import { describe } from "../../../lib/errors.ts";
import type { ProcessRequest, ProcessRunner } from "../../../lib/process.ts";
import { Fetch } from "./fetch.ts";
import { proxiesOf } from "./proxies.ts";
import { storeLayout } from "./layout.ts";
import { policyFile } from "./policy.ts";
import { WorkDir } from "./work_dir.ts";

/** Runs `use` with a store's directories. */
async function inStore(use: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "frakti-pull-" });
  try {
    await Deno.mkdir(storeLayout(root).work);
    await use(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function modeOf(path: string): Promise<number> {
  return ((await Deno.stat(path)).mode ?? 0) & 0o7777;
}

const takesAll = { default: [{ type: "insecureAcceptAnything" }] };

Deno.test("a pull goes by the node's signature policy where it has one", async () => {
  await inStore(async (root) => {
    await using work = await WorkDir.make(storeLayout(root));
    const ofNode = `${root}/policy.json`;
    await Deno.writeTextFile(ofNode, '{"default":[{"type":"reject"}]}');
    assert.equal(await policyFile(work, ofNode), ofNode);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(work.path)), []);
  });
});

Deno.test("a node without a signature policy, or with a directory for one, gets one of ours", async () => {
  await inStore(async (root) => {
    for (const ofNode of [`${root}/nothing`, root]) {
      await using work = await WorkDir.make(storeLayout(root));
      const file = await policyFile(work, ofNode);
      assert.equal(file, `${work.path}/policy.json`);
      assert.deepEqual(JSON.parse(await Deno.readTextFile(file)), takesAll);
      assert.equal(await modeOf(file), 0o600);
    }
  });
});

const secret = "s3cret:with/odd chars";

/** What skopeo was run with, and what it saw at that moment. */
async function seenBySkopeo(
  credentials: Credentials | undefined,
  proxies: Record<string, string> = {},
) {
  const named = parseReference("r.example.com:5000/team/app:1");
  assert.ok(named.kind === "name");
  let seen: { request: ProcessRequest; auth: string; mode: number; dirMode: number } | undefined;
  const processes: ProcessRunner = {
    async run(request) {
      const { args = [] } = request;
      const file = args[args.indexOf("--authfile") + 1] ?? "";
      const dir = file.slice(0, file.lastIndexOf("/"));
      seen = {
        request,
        auth: await Deno.readTextFile(file),
        mode: await modeOf(file),
        dirMode: await modeOf(dir),
      };
      const stderr = new TextEncoder().encode('level=fatal msg="unauthorized"');
      const nothing = { signal: null, stdout: new Uint8Array(), timedOut: false, truncated: false };
      return { ...nothing, code: 1, stderr };
    },
  };
  await inStore(async (root) => {
    const layout = storeLayout(root);
    {
      await using work = await WorkDir.make(layout);
      const parts = {
        layout,
        processes,
        clock: systemClock,
        registries: {},
        proxies,
        stallMs: 1000,
      };
      const fetch = await Fetch.prepare(
        { ...parts, policyFile: await policyFile(work, `${root}/nothing`) },
        work,
        named,
        credentials,
      );
      await assert.rejects(fetch.resolve(new AbortController().signal), (error) => {
        assert.match(describe(error), /unauthorized/);
        return true;
      });
    }
    assert.deepEqual(await Array.fromAsync(Deno.readDir(layout.work)), [], "the file is gone");
  });
  assert.ok(seen !== undefined, "skopeo was not run");
  return seen;
}

for (
  const credentials of [
    { kind: "basic", username: "someone", password: secret },
    { kind: "identityToken", token: secret },
  ] as const
) {
  Deno.test(`skopeo gets ${credentials.kind} credentials in a file that only root can read`, async () => {
    const { request, auth, mode, dirMode } = await seenBySkopeo(credentials);
    assert.deepEqual([mode, dirMode], [0o600, 0o700]);
    assert.deepEqual(Object.keys(JSON.parse(auth).auths), ["r.example.com:5000"]);
    const words = JSON.stringify([request.command, request.args, request.env]);
    for (const form of [secret, btoa(secret), btoa(`someone:${secret}`)]) {
      assert.ok(!words.includes(form), words);
    }
  });
}

Deno.test("skopeo without credentials gets a file without any, not what the node has", async () => {
  const { request, auth, mode } = await seenBySkopeo(undefined);
  assert.deepEqual([JSON.parse(auth), mode], [{ auths: {} }, 0o600]);
  assert.deepEqual(Object.keys(request.env ?? {}).sort(), ["HOME", "PATH"]);
  assert.ok(!(request.env?.["HOME"] ?? "/root").startsWith("/root"));
});

Deno.test("skopeo gets the node's proxies, and nothing else of its environment", async () => {
  const proxies = { HTTPS_PROXY: "http://proxy.test:3128", ["no_proxy"]: ".test,10.0.0.0/8" };
  const env = { ...proxies, HOME: "/root", REGISTRY_AUTH_FILE: "/root/auth.json", PATH: "/bin" };
  assert.deepEqual(proxiesOf(env), proxies);
  const { request } = await seenBySkopeo(undefined, proxiesOf(env));
  const { PATH: _path, HOME: _home, ...rest } = request.env ?? {};
  assert.deepEqual(rest, proxies);
});
