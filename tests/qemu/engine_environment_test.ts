/** Variables whose values are no text, as processes in a VM have them. */

import assert from "node:assert/strict";
import type { ContainerConfig } from "../../src/engines/domain.ts";
import { linesOf, obedient, untilExited } from "../engine_contract/pods.ts";
import { onePod } from "./one_pod.ts";
import { inside } from "./volume_stand.ts";

const { subject, pod, newName, test: environmentTest } = await onePod();
const bytes = (text: string) => new TextEncoder().encode(text);

/** No UTF-8, with what shells and JSON take for special. */
const raw = Uint8Array.of(0x61, 0xff, 0xfe, 0x3d, 0x0a, 0x22, 0x5c, 0xc3);
const rawHex = "61fffe3d0a225cc3";
const envs = [
  { key: "TEXT", value: bytes("\u00e9t\u00e9") },
  { key: "RAW", value: raw },
  { key: "LAST", value: bytes("replaced") },
  { key: "LAST", value: Uint8Array.of(0x80) },
];

/** Every byte of a variable, in hex. */
const hexOf = (name: string) => `printf %s "$${name}" | hexdump -v -e '1/1 "%02x"'`;

/** Runs a script to its end and takes what it wrote. */
async function outputOf(script: string, more: Partial<ContainerConfig>): Promise<string> {
  const config = { ...newName(), ...more };
  const ended = await pod.end(script, config);
  const lines = linesOf(await pod.log(config.metadata.name));
  await pod.engine.removeContainer(ended.id);
  assert.equal(ended.exitCode, 0, lines.join("\n"));
  return lines.join("\n");
}

const show = `echo $(${hexOf("RAW")}) $(${hexOf("LAST")}) $(${hexOf("TEXT")}); id -u`;
const shown = `${rawHex} 80 c3a974c3a9`;

environmentTest("the first process of a container has its variables byte by byte", async () => {
  assert.equal(await outputOf(show, { envs }), `${shown}\n0`);
});

environmentTest("it has them as another user with nothing allowed, and on a terminal", async () => {
  const plain = pod.script("");
  const security = {
    ...plain.security,
    runAsUser: 1000n,
    noNewPrivs: true,
    readonlyRootfs: true,
    capabilities: { add: [], drop: ["ALL"], addAmbient: [] },
    seccomp: { type: "runtimeDefault", localhostRef: "" } as const,
  };
  assert.equal(await outputOf(show, { envs, security }), `${shown}\n1000`);
  const onTerminal = await outputOf(`stty -onlcr; ${show}`, { envs, security, tty: true });
  assert.equal(onTerminal, `${shown}\n1000`);
});

environmentTest("commands run in it have them too, also after the engine comes again", async () => {
  const id = await pod.start(obedient, { ...newName(), envs });
  assert.equal(await inside(pod, id, show), `${shown}\n0`);
  const session = await pod.engine.exec(id, {
    command: ["/bin/sh", "-c", `${hexOf("RAW")}; echo " $TERM"`],
    tty: true,
    stdin: false,
  });
  assert.equal((await new Response(session.stdout).text()).trim(), `${rawHex} xterm`);
  assert.equal(await session.exit, 0);
  await subject.reopen();
  assert.equal(await inside(pod, id, show), `${shown}\n0`);
  await pod.engine.removeContainer(id);
});

environmentTest("nothing in the container tells how it came to them", async () => {
  const id = await pod.start(obedient, { ...newName(), envs });
  assert.equal(await inside(pod, id, "ls /proc/1/fd | tr '\\n' ' '"), "0 1 2");
  assert.equal(await inside(pod, id, "readlink /proc/1/exe"), "/bin/sh");
  assert.match(await inside(pod, id, "tr '\\0' ' ' </proc/1/cmdline"), /^\/bin\/sh -c trap/);
  assert.match(await inside(pod, id, "readlink /proc/self/exe"), /^[a-z/]+\/readlink$/);
  await pod.engine.removeContainer(id);
});

environmentTest("a command is looked for in a path that is no text", async () => {
  const path = Uint8Array.of(...bytes("/no/such:/bin:/"), 0xff);
  const config = { ...newName(), envs: [{ key: "PATH", value: path }] };
  const id = await pod.create({ ...pod.script("", config), command: ["sh", "-c", "exit 7"] });
  await pod.engine.startContainer(id);
  assert.equal((await untilExited(pod.engine, id)).exitCode, 7);
  await pod.engine.removeContainer(id);
});

environmentTest(
  "a command that cannot be run ends as a shell's, and the log says why",
  async () => {
    const cases = [["/no/such/program", 127, /No such file/], ["/etc", 126, /denied/]] as const;
    for (const [program, code, reason] of cases) {
      const config = { ...newName(), envs };
      const id = await pod.create({
        ...pod.script("", config),
        command: [program],
        logPath: `${config.metadata.name}.log`,
      });
      await pod.engine.startContainer(id);
      assert.equal((await untilExited(pod.engine, id)).exitCode, code);
      assert.match(linesOf(await pod.log(config.metadata.name)).join("\n"), reason);
      await pod.engine.removeContainer(id);
    }
  },
);

environmentTest("values as large as a process can have come whole", async () => {
  const large = new Uint8Array(120 * 1024).fill(0xfe);
  const several = ["A", "B", "C"].map((key) => ({ key, value: large }));
  const count = (name: string) => `$(printf %s "$${name}" | wc -c)`;
  const script = `echo ${["A", "B", "C"].map(count).join(" ")}`;
  const id = await pod.start(obedient, { ...newName(), envs: several });
  const whole = Array.from(several, () => large.length).join(" ");
  assert.equal(await inside(pod, id, script), whole);
  await pod.engine.removeContainer(id);
});
