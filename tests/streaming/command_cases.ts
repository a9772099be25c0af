/**
 * What holds for exec and attach however a client comes: run against frakti, and against containerd,
 * whose streaming server is the reference implementation, to show that the client is right.
 */

import assert from "node:assert/strict";
import { outcome, utf8 } from "./client/mod.ts";
import {
  attachUrl,
  closed,
  type CommandTransport,
  execUrl,
  openScript,
  type PodHost,
  shellContainer,
  startContainer,
  type TestPod,
} from "./support.ts";

/** Where the cases run. */
export interface CommandSubject {
  readonly host: PodHost;
  readonly pod: TestPod;
  /** A running container with a shell, without a terminal. */
  readonly containerId: string;
}

const all = { stdin: true, stdout: true, stderr: true };

/** Registers the cases of one transport. */
export function commandCases(
  transport: CommandTransport,
  { host, pod, containerId: mainContainer }: CommandSubject,
  traits: { readonly losesErrors: boolean; readonly losesLastWords: boolean },
): void {
  const { name, open } = transport;
  const script = async (
    text: string,
    selection: Parameters<typeof openScript>[4] = { stdout: true, stderr: true },
  ) => await openScript(host, transport, mainContainer, text, selection);

  Deno.test(`${name}: both outputs arrive apart, and then success`, async () => {
    const session = await script("echo out; echo err >&2");
    const [stdout, stderr, end] = await Promise.all([
      session.stdout.text(),
      session.stderr.text(),
      outcome(session),
    ]);
    assert.equal(stdout, "out\n");
    assert.equal(stderr, "err\n");
    assert.deepEqual(end, { kind: "success" });
    await closed(session);
  });

  Deno.test(`${name}: the exit code arrives`, async () => {
    const session = await script("exit 42");
    const end = await outcome(session);
    if (!traits.losesErrors) assert.deepEqual(end, { kind: "exit", code: 42 });
    await closed(session);
  });

  Deno.test(`${name}: bytes stay as they are, in both directions`, async () => {
    const bytes = Uint8Array.from({ length: 4096 }, (_, index) => index % 256);
    const session = await script("head -c 4096", all);
    await session.writeStdin(bytes);
    assert.deepEqual(await session.stdout.all(), bytes);
    assert.deepEqual(await outcome(session), { kind: "success" });
    await session.close();
  });

  if (transport.canEndStdin) {
    Deno.test(`${name}: the end of stdin reaches the process, and its output still comes`, async () => {
      const session = await script("cat; echo over", all);
      await session.writeStdin(utf8("a line\n"));
      await session.endStdin();
      assert.equal(await session.stdout.text(), "a line\nover\n");
      assert.deepEqual(await outcome(session), { kind: "success" });
      await closed(session);
    });
  }

  Deno.test(`${name}: a terminal has one output, and takes the client's size`, async () => {
    const wait = 'until [ "$(stty size)" = "37 133" ]; do sleep 0.1; done;';
    const session = await script(
      `${transport.canResize ? wait : ""} tty; read line; echo "$line" >&2`,
      { stdin: true, stdout: true, tty: true },
    );
    if (transport.canResize) await session.resize(133, 37);
    await session.stdout.textUntil((text) => /\/dev\/pts\/\d+\r\n/.test(text));
    await session.writeStdin(utf8("typed\n"));
    // The terminal echoes what is typed, then the process repeats it.
    assert.equal(await session.stdout.text(), "typed\r\ntyped\r\n");
    assert.deepEqual(await outcome(session), { kind: "success" });
    await closed(session);
  });

  Deno.test(`${name}: a program that is not there is a failure with words`, async () => {
    const session = await open(
      await execUrl(host, mainContainer, ["/no/such/program"]),
      { stdout: true, stderr: true },
    );
    await session.stdout.text();
    const end = await outcome(session);
    // Docker knows such an end as an exit code only.
    if (traits.losesErrors) assert.equal(end.kind, "success");
    else if (end.kind === "exit") {
      assert.ok(end.code === 126 || end.code === 127, `exit ${end.code}`);
    } else assert.match(end.kind === "failure" ? end.message : end.kind, /no\/such\/program/);
    await closed(session);
  });

  Deno.test(`${name}: attach sees the output from now on, feeds stdin, and ends with the container`, async () => {
    const containerId = await startContainer(
      host,
      pod,
      shellContainer(
        `attached-${crypto.randomUUID()}`,
        "while read line; do echo got $line; [ $line = end ] && exit 3; done",
        { stdin: true },
      ),
    );
    const session = await open(await attachUrl(host, containerId, all), all);
    await session.writeStdin(utf8("one\n"));
    assert.equal(await session.stdout.textUntil((text) => text.includes("\n")), "got one\n");
    await session.writeStdin(utf8("end\n"));
    const lastWords = await session.stdout.text();
    if (!traits.losesLastWords || lastWords !== "") assert.equal(lastWords, "got end\n");
    // Attach tells no exit code.
    assert.deepEqual(await outcome(session), { kind: "success" });
    await closed(session);
    await host.cri.runtime.removeContainer({ containerId });
  });

  Deno.test(`${name}: a client that leaves an attach leaves the container running`, async () => {
    const containerId = await startContainer(
      host,
      pod,
      shellContainer(`left-${crypto.randomUUID()}`, "while :; do echo tick; sleep 0.1; done"),
    );
    const selection = { stdout: true, stderr: true };
    const session = await open(await attachUrl(host, containerId, selection), selection);
    await session.stdout.textUntil((text) => text.includes("tick\n"));
    await session.close();
    const { status } = await host.cri.runtime.containerStatus({ containerId });
    assert.equal(status?.state, 1);
    await host.cri.runtime.removeContainer({ containerId });
  });
}
