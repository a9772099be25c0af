/** The traps of hyperd 0.8.0, each met: with the double's faults on. */

import assert from "node:assert/strict";
import { hasCode } from "../../src/lib/errors.ts";
import {
  known,
  obedient,
  type Pod,
  podRequest,
  refuses,
  runPod,
  untilExited,
} from "../engine_contract/pods.ts";
import { run } from "../support/command.ts";
import { waitFor } from "../support/wait.ts";
import { hyperdTest, nothingIsLeft } from "./support.ts";

const named = (name: string, attempt = 0) => ({ metadata: { name, attempt } });
const request = (script: string) => ({
  command: ["/bin/sh", "-c", script],
  tty: false,
  stdin: false,
});

hyperdTest(
  "no output of short execs is lost, though hyperd loses it every time",
  async (subject) => {
    if (subject.double !== undefined) subject.double.faults.losesExecOutput = 1;
    await using pod = await runPod(subject);
    const id = await pod.start(obedient);
    for (let round = 0; round < 5; round++) {
      const session = await pod.engine.exec(
        id,
        request(`echo ${round}; echo e${round} >&2; exit ${round}`),
      );
      const [stdout, stderr] = [session.stdout, session.stderr].map((out) =>
        new Response(out).text()
      );
      assert.equal(await stdout, `${round}\n`);
      assert.equal(await stderr, `e${round}\n`);
      assert.equal(await session.exit, round);
    }
  },
);

hyperdTest(
  "an exec that runs longer than hyperd waits for it has its code all the same",
  async (subject) => {
    const { double } = subject;
    if (double !== undefined) double.faults.execWaitMs = 300;
    await using pod = await runPod(subject);
    const id = await pod.start(obedient);
    const lasts = double === undefined ? 12 : 2; // A real one waits for 10 seconds.
    const session = await pod.engine.exec(id, request(`sleep ${lasts}; exit 6`));
    assert.equal(await session.exit, 6);
    assert.ok(double === undefined || double.count("wait") > 4);
  },
);

hyperdTest(
  "more input than hyperd takes ends the exec with an error, and the pod lives on",
  async (subject) => {
    await using pod = await runPod(subject);
    const id = await pod.start(obedient);
    const session = await pod.engine.exec(id, { ...request("sleep 1000"), stdin: true });
    const writer = session.stdin?.getWriter();
    const rest = new Response(session.stdout).text();
    rest.catch(() => {});
    await refuses(
      "ResourceExhausted",
      (async () => {
        for (let count = 0; count < 80; count++) await writer?.write(new Uint8Array(1024));
      })(),
    );
    await assert.rejects(rest, (error) => hasCode(error, "ResourceExhausted"));
    await session.kill();
    assert.equal(await (await pod.engine.exec(id, request("exit 3"))).exit, 3);
    await pod.engine.stopContainer(id, 1000);
  },
);

hyperdTest("a container can be created after the pod's last one was removed", async (subject) => {
  const { engine } = subject;
  await using pod = await runPod(subject);
  for (let attempt = 0; attempt < 3; attempt++) {
    const id = await pod.start("sleep 1000", named("main", attempt));
    await engine.removeContainer(id);
  }
});

hyperdTest(
  "a container that ignores everything is removed, and the pod is none the worse",
  async (subject) => {
    const { engine, double } = subject;
    await using pod = await runPod(subject);
    const id = await pod.start('trap "" TERM; while :; do sleep 1000; done');
    await engine.removeContainer(id);
    assert.notEqual(double?.state.pod(pod.id, String).isBroken, true);
    await pod.start("sleep 1000", named("next"));
  },
);

hyperdTest("removing a sandbox that runs leaves no VM and no tap", async (subject) => {
  const pod = await runPod(subject);
  await pod.start('trap "" TERM; while :; do sleep 1000; done');
  await subject.engine.removeSandbox(pod.id);
  await nothingIsLeft(subject);
});

hyperdTest("exit codes are the process's own, whatever hyperd's calls say", async (subject) => {
  const { engine } = subject;
  await using pod = await runPod(subject);
  const handler = await pod.start(
    'trap "exit 42" TERM; echo ready; while :; do sleep 0.1; done',
    named("handler"),
  );
  await waitFor("it is ready", {}, async () => (await pod.log("handler")).includes("ready"));
  await engine.stopContainer(handler, 20_000);
  assert.equal((await untilExited(engine, handler)).exitCode, 42);
  const killed = await pod.start("sleep 1000", named("killed"));
  await engine.stopContainer(killed, 0);
  assert.equal((await untilExited(engine, killed)).exitCode, 137);
});

hyperdTest(
  "a command that does not exist is told from one that fails with its code",
  async (subject) => {
    const { engine } = subject;
    await using pod = await runPod(subject);
    const missing = await pod.create({ ...pod.script(""), command: ["/no/such/program"] });
    await engine.startContainer(missing);
    const ended = await untilExited(engine, missing);
    assert.deepEqual([ended.exitCode, ended.reason], [127, "ContainerCannotRun"]);
    assert.match(ended.message, /No such file or directory: "\/no\/such\/program"/);
    const other = await pod.end("exit 127", named("other"));
    assert.deepEqual([other.exitCode, other.reason], [127, "Error"]);
  },
);

hyperdTest(
  "search domains and options reach a pod of 0.8.0 by a file, later ones by the field",
  async (subject, double) => {
    const { engine } = subject;
    const dns = { servers: ["10.0.0.10"], searches: ["a.test", "b.test"], options: ["ndots:5"] };
    {
      await using pod = await runPod(subject, { dns });
      await pod.end("cat /etc/resolv.conf");
      const log = await pod.log();
      assert.match(log, /nameserver 10\.0\.0\.10\n/);
      assert.match(log, /search a\.test b\.test\n/);
      assert.match(log, /options ndots:5\n/);
      assert.deepEqual(double.state.pod(pod.id, String).spec.dnsSearch, []);
    }
    double.faults.version = "0.8.1";
    await subject.reopen();
    await using pod = await runPod(subject, { dns });
    await pod.create(pod.script("true"));
    const { spec, containers } = double.state.pod(pod.id, String);
    assert.deepEqual([spec.dns, spec.dnsSearch, spec.dnsOptions], [
      dns.servers,
      dns.searches,
      dns.options,
    ]);
    const [container] = containers.values();
    assert.ok(!container?.spec.volumes.some(({ path }) => path === "/etc/resolv.conf"));
    assert.ok(engine !== subject.engine);
  },
);

hyperdTest(
  "directories and single files are mounted, read-only where asked, and written back",
  async (subject) => {
    await using pod = await runPod(subject);
    const dir = await Deno.makeTempDir();
    await Deno.writeTextFile(`${dir}/file`, "from the node\n");
    await Deno.mkdir(`${dir}/data`);
    const mount = (hostPath: string, containerPath: string, readonly = false) => ({
      hostPath,
      containerPath,
      readonly,
      selinuxRelabel: false,
      propagation: "private" as const,
      uidMappings: [],
      gidMappings: [],
      recursiveReadOnly: false,
      imageSubPath: "",
    });
    const ended = await pod.end(
      "cat /f; echo back >/f; echo kept >/d/new; ! echo no 2>/dev/null >/r/new",
      {
        mounts: [
          mount(`${dir}/file`, "/f"),
          mount(`${dir}/data`, "/d"),
          mount(`${dir}/data`, "/r", true),
        ],
      },
    );
    assert.equal(ended.exitCode, 0);
    assert.match(await pod.log(), /from the node/);
    assert.equal(await Deno.readTextFile(`${dir}/file`), "back\n");
    assert.equal(await Deno.readTextFile(`${dir}/data/new`), "kept\n");
    const missing = pod.script("true", {
      ...named("missing"),
      mounts: [mount(`${dir}/none`, "/n")],
    });
    await refuses("NotFound", pod.create(missing));
  },
);

hyperdTest(
  "user and groups are the ones that were asked for, and sysctls reach hyperd",
  async (subject) => {
    const { double } = subject;
    await using pod = await runPod(subject, { sysctls: { "net.ipv4.ip_forward": "1" } });
    const { security } = pod.script("");
    const as = (user: bigint, group: bigint) => ({
      security: { ...security, runAsUser: user, runAsGroup: group, supplementalGroups: [1003n] },
    });
    await pod.end("id -u; id -g; id -G", as(33n, 65534n));
    assert.match(await pod.log(), /F 33\n.*F 65534\n.*1003/);
    if (double === undefined) return;
    const [container] = double.state.pod(pod.id, String).containers.values();
    assert.deepEqual([...container?.spec.sysctl ?? []], [["net.ipv4.ip_forward", "1"]]);
  },
);

hyperdTest(
  "a user that the image does not name cannot be had before 1.0, and the reason is told",
  async (subject, double) => {
    const nobody = { runAsUser: 1001n, runAsGroup: 1001n };
    const run = async () => {
      await using pod = await runPod(subject);
      const { security } = pod.script("");
      return await pod.end("id -u", { security: { ...security, ...nobody } });
    };
    const { exitCode, reason, message } = await run();
    assert.deepEqual([exitCode, reason], [125, "ContainerCannotRun"]);
    assert.match(message, /"1001:1001"/);
    double.faults.version = "1.0.0";
    await subject.reopen();
    assert.equal((await run()).exitCode, 0);
  },
);

hyperdTest(
  "what hyperd has no field for is refused with a name, before anything is made",
  async (subject, double) => {
    await using pod = await runPod(subject);
    const { security } = pod.script("");
    const refusals = [
      { security: { ...security, capabilities: { add: ["NET_ADMIN"], drop: [], addAmbient: [] } } },
      { security: { ...security, capabilities: { add: [], drop: ["ALL"], addAmbient: [] } } },
      { security: { ...security, readonlyRootfs: true } },
      { security: { ...security, noNewPrivs: true } },
      { security: { ...security, seccomp: { type: "localhost", localhostRef: "/x" } as const } },
      { devices: [{ hostPath: "/dev/null", containerPath: "/dev/x", permissions: "rwm" }] },
    ];
    for (const refusal of refusals) {
      await refuses(
        "Unimplemented",
        pod.create(pod.script("true", refusal)),
      );
    }
    await refuses(
      "InvalidArgument",
      pod.create(pod.script("true", { security: { ...security, privileged: true } })),
    );
    assert.equal(double.count("containerCreate"), 0);
    const badDns = podRequest(subject, {
      dns: { servers: ["dns.test"], searches: [], options: [] },
    });
    await refuses("InvalidArgument", subject.engine.runSandbox(badDns));
  },
);

hyperdTest("a root file system is read-only with hyperd 1.0", async (subject, double) => {
  double.faults.version = "1.0.0";
  await subject.reopen();
  await using pod = await runPod(subject);
  const { security } = pod.script("");
  const readOnly = { security: { ...security, readonlyRootfs: true } };
  assert.equal((await pod.end("! echo no 2>/dev/null >/new", readOnly)).exitCode, 0);
});

hyperdTest(
  "an image is found by the digest it was pulled by, which hyperd does not tell",
  async (subject) => {
    const { engine, pullable, double } = subject;
    const never = new AbortController().signal;
    const id = await engine.pullImage(pullable, undefined, never);
    const [digest = ""] = (await engine.image(pullable))?.repoDigests ?? [];
    assert.match(digest, /@sha256:[0-9a-f]{64}$/);
    await engine.removeImage(id);
    assert.equal(await engine.image(digest), undefined);
    assert.equal(await engine.pullImage(digest, undefined, never), id);
    await subject.reopen();
    const found = await subject.engine.image(digest);
    assert.equal(found?.id, id);
    assert.deepEqual(found?.repoTags, []);
    await using pod = await runPod(subject);
    const image = { ...pod.script("").image, image: digest };
    await pod.end("exit 0", { image });
    await refuses("FailedPrecondition", subject.engine.removeImage(digest)); // Its container is there.
    assert.ok(double === undefined || double.count("imageRemove") > 0);
  },
);

hyperdTest(
  "labels and annotations are kept in hyperd as Frakti v0.1 kept them",
  async (subject, double) => {
    await using pod = await runPod(subject, {
      labels: { app: "web" },
      annotations: { note: "kept" },
    });
    const { labels } = double.state.pod(pod.id, String).spec;
    assert.equal(labels.get("app"), "web");
    assert.equal(labels.get("io.kubernetes.frakti.annotations"), '{"note":"kept"}');
  },
);

hyperdTest(
  "a pod without limits has one processor and 64 MB, one with limits has them",
  async (subject, double) => {
    await using small = await runPod(subject);
    const spec = (id: string) => double.state.pod(id, String).spec.resource;
    assert.deepEqual(spec(small.id), { vcpu: 1, memory: 64 });
    const resources = {
      ...known(subject.engine, await small.create(small.script("true"))).resources,
      cpuQuota: 150_000n,
      cpuPeriod: 100_000n,
      memoryLimitBytes: 300n << 20n,
    };
    await using large = await runPod(subject, { resources });
    assert.deepEqual(spec(large.id), { vcpu: 2, memory: 300 });
  },
);

hyperdTest("lists of a hundred pods cost no call for each of them", async (subject, double) => {
  const batch = Array.from({ length: 10 }, (_, index) => index);
  const calls = () => [...double.state.calls.values()].reduce((sum, count) => sum + count, 0);
  const pods: Pod[] = [];
  for (const _ of batch) {
    await Promise.all(batch.map(async () => {
      const pod = await runPod(subject);
      pods.push(pod);
      await pod.start("sleep 1000");
    }));
  }
  const before = calls();
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  assert.equal(subject.engine.sandboxes().length, 100);
  const running = subject.engine.containers().filter(({ state }) => state === "running");
  assert.equal(running.length, 100);
  // Two batches every half second, for the whole node.
  const made = calls() - before;
  assert.ok(made > 0 && made < 20, `${made} calls`);
  for (const first of batch) {
    const some = pods.slice(first * batch.length, (first + 1) * batch.length);
    await Promise.all(some.map((pod) => pod.engine.removeSandbox(pod.id)));
  }
  await nothingIsLeft(subject);
});

hyperdTest("a log of megabytes is whole, and its source gives its blocks back", async (subject) => {
  await using pod = await runPod(subject);
  const lines = 200_000;
  await pod.end(`seq ${lines} | sed 's/$/ aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/'`);
  const log = (await pod.log()).trimEnd().split("\n");
  assert.equal(log.length, lines);
  assert.match(log.at(-1) ?? "", /F 200000 a+$/);
  const dir = `${subject.directory}/pods/${pod.id}`;
  for await (const { name } of Deno.readDir(dir)) {
    if (!name.endsWith(".json")) continue;
    const { size } = await Deno.stat(`${dir}/${name}`);
    const usedBytes = 512 * Number(await run("stat", ["-c", "%b", `${dir}/${name}`]));
    assert.ok(usedBytes < size / 2, `${usedBytes} of ${size}`);
  }
});
