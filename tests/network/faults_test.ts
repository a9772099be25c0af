/** Plugins that are missing, hang, crash or lie, and a frakti that dies in the middle. */

import assert from "node:assert/strict";
import { codeOf, describe, type ErrorCode } from "../../src/lib/errors.ts";
import { type ProcessRunner, systemProcesses } from "../../src/lib/process.ts";
import { AttachError, type Attachment } from "../../src/network/mod.ts";
import { BackgroundProcess, debianPluginDir, waitFor } from "../support/mod.ts";
import { assertNothingLeft, type Fixture, makePod, openNetwork } from "./support.ts";

const shortLimitMs = 700;

/** The real thing, with limits that a test can wait for. */
const impatient: ProcessRunner = {
  run: (request) => {
    const isPlugin = request.env?.["CNI_COMMAND"] !== undefined;
    const isFake = isPlugin && request.command.endsWith("/odd");
    const timeoutMs = isFake ? Math.min(request.timeoutMs, shortLimitMs) : request.timeoutMs;
    return systemProcesses.run({ ...request, timeoutMs });
  },
};

/** A network in which a shell script `odd` follows the bridge. */
async function withOddPlugin(script: string): Promise<Fixture> {
  const binDir = await Deno.makeTempDir({ prefix: "odd-" });
  await Deno.writeTextFile(`${binDir}/odd`, script, { mode: 0o755 });
  const fixture = await openNetwork({
    chained: [{ type: "odd" }],
    binDirs: [binDir, debianPluginDir],
    processes: impatient,
  });
  return {
    ...fixture,
    async [Symbol.asyncDispose]() {
      await fixture[Symbol.asyncDispose]();
      await Deno.remove(binDir, { recursive: true });
    },
  };
}

const failAdd = (commands: string) =>
  `#!/bin/sh\n[ "$CNI_COMMAND" = ADD ] || exit 0\n${commands}\n`;

const faults: [string, string, ErrorCode, RegExp][] = [
  [
    "hangs, with a child that holds its output",
    failAdd("sleep 600 & sleep 600"),
    "DeadlineExceeded",
    /"odd" did not finish ADD in .* s and was killed$/,
  ],
  [
    "prints rubbish",
    failAdd("echo it works"),
    "Internal",
    /"odd" answered ADD with no result: The output is not JSON/,
  ],
  [
    "prints nothing",
    failAdd("exit 0"),
    "Internal",
    /"odd" answered ADD with no result: It printed nothing$/,
  ],
  [
    "exits 1 and says nothing, also when asked to DEL",
    "#!/bin/sh\nexit 1\n",
    "Internal",
    /"odd" failed ADD: it exited with status 1 and said nothing$/,
  ],
  [
    "exits 1 with words on stderr",
    failAdd("echo 'no route to controller' >&2; exit 1"),
    "Internal",
    /status 1 and said: no route to controller$/,
  ],
  [
    "answers with an error of the specification",
    failAdd(`echo '{"cniVersion":"1.0.0","code":11,"msg":"try later","details":"d"}'; exit 1`),
    "Unavailable",
    /"odd" failed ADD with code 11: try later \(d\)$/,
  ],
  [
    "is killed",
    failAdd("kill -SEGV $$"),
    "Internal",
    /"odd" failed ADD: it was killed by SIGSEGV and said nothing$/,
  ],
  [
    "floods its output",
    failAdd("yes | head -c 5000000"),
    "ResourceExhausted",
    /"odd" answered ADD with more than 262144 bytes$/,
  ],
  [
    "gives an address that is none",
    failAdd(`echo '{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.1/24;reboot"}]}'`),
    "Internal",
    /Result has a wrong "ips\[0\]\.address": "10\.0\.0\.1\/24;reboot"$/,
  ],
  [
    "does not read its input",
    '#!/bin/sh\nexec <&-\n[ "$CNI_COMMAND" = ADD ] || exit 0\nexit 3\n',
    "Internal",
    /it exited with status 3/,
  ],
  [
    "is a program of another machine",
    "\x7fELF\x02\x01\x01\0\0",
    "Internal",
    /CNI plugin "odd" (did not start|failed ADD: it exited with status|answered ADD with no result)/,
  ],
];

for (const [name, script, code, text] of faults) {
  Deno.test(`a plugin that ${name} fails the pod clearly and nothing stays`, async () => {
    await using fixture = await withOddPlugin(script);
    await using pod = await makePod(fixture);
    await assert.rejects(fixture.network.attach(pod.request), (error) => {
      assert.ok(error instanceof AttachError, describe(error));
      assert.match(describe(error), text);
      assert.equal(codeOf(error), code);
      return error.incomplete === false;
    });
    await assertNothingLeft(fixture, pod);
    // The next pod works as soon as the plugin does.
    const conf = JSON.parse(await Deno.readTextFile(fixture.config.configPath));
    conf.plugins.pop();
    await Deno.writeTextFile(fixture.config.configPath, JSON.stringify(conf));
    await fixture.network.detach(await fixture.network.attach(pod.request));
  });
}

Deno.test("a plugin that hangs is dead afterwards, its children too", async () => {
  const marker = `6${crypto.getRandomValues(new Uint16Array(1))[0]}`;
  await using fixture = await withOddPlugin(`#!/bin/sh\nsleep ${marker} & sleep ${marker}\n`);
  await using pod = await makePod(fixture);
  await assert.rejects(fixture.network.attach(pod.request));
  await waitFor("the end of the sleepers", {}, async () => !(await isSleeping(marker)));
});

Deno.test("a plugin that hangs in DEL as well leaves the pod to a later detach, and no other pod waits", async () => {
  await using fixture = await withOddPlugin("#!/bin/sh\nsleep 600\n");
  const odd = `${fixture.config.binDirs[0]}/odd`;
  await using pod = await makePod(fixture);
  const kept: { planned?: Attachment } = {};
  const keep = (planned: Attachment) => {
    kept.planned = planned;
  };
  await assert.rejects(fixture.network.attach(pod.request, keep), (error) => {
    assert.ok(error instanceof AttachError, describe(error));
    return error.incomplete;
  });
  assert.ok(kept.planned);
  await assert.rejects(
    fixture.network.detach(kept.planned),
    (error) => /"odd" did not finish DEL/.test(describe(error)),
  );
  const works = `#!/bin/sh
[ "$CNI_COMMAND" = ADD ] || { echo "$CNI_CONTAINERID" >>"$0.del"; exit 0; }
sed 's/.*"prevResult"://; s/}$//'
`;
  await Deno.writeTextFile(odd, works);
  await using other = await makePod(fixture);
  await fixture.network.detach(await fixture.network.attach(other.request));
  await fixture.network.detach(kept.planned);
  assert.deepEqual((await Deno.readTextFile(`${odd}.del`)).split("\n"), [other.id, pod.id, ""]);
  await assertNothingLeft(fixture, pod);
});

Deno.test("a plugin that is missing fails the pod before anything was made", async () => {
  await using fixture = await openNetwork({ chained: [{ type: "absent" }] });
  await using pod = await makePod(fixture);
  assert.equal(fixture.network.status().ready, false);
  await assert.rejects(fixture.network.attach(pod.request), (error) => {
    assert.equal(describe(error), `CNI plugin "absent" is not in "${debianPluginDir}"`);
    return codeOf(error) === "FailedPrecondition";
  });
  await assertNothingLeft(fixture, pod);
});

Deno.test("a plugin too old for the configuration says so", async () => {
  await using fixture = await openNetwork();
  const conf = JSON.parse(await Deno.readTextFile(fixture.config.configPath));
  await Deno.writeTextFile(
    fixture.config.configPath,
    JSON.stringify({ ...conf, cniVersion: "1.1.0" }),
  );
  await using pod = await makePod(fixture);
  await assert.rejects(fixture.network.attach(pod.request), (error) => {
    assert.match(describe(error), /failed ADD with code 1: incompatible CNI versions/);
    return codeOf(error) === "FailedPrecondition";
  });
  // With a choice, the newest version that it speaks is taken.
  const choice = { ...conf, cniVersion: "1.1.0", cniVersions: ["0.4.0", "1.0.0", "1.1.0"] };
  await Deno.writeTextFile(fixture.config.configPath, JSON.stringify(choice));
  const attachment = await fixture.network.attach(pod.request);
  assert.equal(attachment.cniVersion, "1.0.0");
  await fixture.network.detach(attachment);
});

Deno.test("a plugin that is being written is waited for", async () => {
  const script = failAdd(`sed 's/.*"prevResult"://; s/}$//'`);
  await using fixture = await withOddPlugin(script);
  const path = `${fixture.config.binDirs[0]}/odd`;
  const writer = await Deno.open(path, { write: true, append: true });
  await using pod = await makePod(fixture);
  const attaching = fixture.network.attach(pod.request);
  const state: { ended?: true } = {};
  attaching.finally(() => state.ended = true).catch(() => {});
  await waitFor("the bridge's lease", {}, async () => (await fixture.config.leases()).length > 0);
  assert.equal(state.ended, undefined);
  writer.close();
  await fixture.network.detach(await attaching);
  await assertNothingLeft(fixture, pod);
});

Deno.test("after kill -9 in the middle of ADD the plan is enough to give everything back", async () => {
  const marker = `7${crypto.getRandomValues(new Uint16Array(1))[0]}`;
  await using fixture = await withOddPlugin(failAdd(`sleep ${marker}`));
  const { network, config, dir } = fixture;
  await using pod = await makePod(fixture);
  await Deno.writeTextFile(
    `${dir}/attach.json`,
    JSON.stringify({ settings: network.settings, request: pod.request, plan: `${dir}/plan.json` }),
  );
  const script = new URL("attach_and_hang.ts", import.meta.url).pathname;
  const args = ["run", "-A", "--no-check", script, `${dir}/attach.json`];
  const dying = BackgroundProcess.start(Deno.execPath(), args, `${dir}/dying.log`);
  await dying.waitUntil("the plugin that hangs", 60_000, () => isSleeping(marker));
  await dying.kill();
  assert.equal(await isSleeping(marker), true, "the plugin outlives frakti");
  assert.equal((await config.leases()).length, 1);
  const planned = JSON.parse(await Deno.readTextFile(`${dir}/plan.json`)) as Attachment;
  await network.detach(planned);
  assert.equal(await isSleeping(marker), false);
  await assertNothingLeft(fixture, pod);
});

async function isSleeping(seconds: string): Promise<boolean> {
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const command = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
    if (command === `sleep\0${seconds}\0`) return true;
  }
  return false;
}
