import assert from "node:assert/strict";
import { hasCode } from "../../../lib/errors.ts";
import { execProcess } from "./exec.ts";
import { decodeProcess, encodeOci } from "./json.ts";
import { ociOf } from "./test_facts.ts";

const plain = { isLaunched: false };

Deno.test("an exec is the container's process with another command", () => {
  const { process } = ociOf({ envs: [{ key: "A", value: new TextEncoder().encode("1") }] });
  const exec = execProcess(process, { command: ["ls", "-l"], tty: true }, plain);
  assert.deepEqual(exec, {
    ...process,
    args: ["ls", "-l"],
    terminal: true,
    env: [...process.env, "TERM=xterm"],
  });
});

Deno.test("an exec in a container with variables that are no text begins with the launcher", () => {
  const envs = [{ key: "A", value: Uint8Array.of(0xff) }];
  const { process } = ociOf({ envs, command: ["/serve", "-v"] });
  assert.deepEqual(process.args, ["/proc/self/fd/3", "/serve", "-v"]);
  const exec = execProcess(process, { command: ["ls"], tty: false }, { isLaunched: true });
  assert.deepEqual(exec.args, ["/proc/self/fd/3", "ls"]);
});

Deno.test("a command without words is refused, as is one with a zero byte", () => {
  const { process } = ociOf();
  for (const command of [[], ["a\0"]]) {
    assert.throws(
      () => execProcess(process, { command, tty: false }, plain),
      (error) => hasCode(error, "InvalidArgument"),
    );
  }
});

Deno.test("a process is read back as it was written", () => {
  const { process } = ociOf({ command: ["\u00e9\u4e16", '"quoted"'] });
  assert.deepEqual(decodeProcess(encodeOci(process)), process);
  for (const text of ["", "[]", "{}", "null", '{"args":1}']) {
    assert.throws(
      () => decodeProcess(new TextEncoder().encode(text)),
      (error) => hasCode(error, "Internal"),
    );
  }
});

Deno.test("numbers are written whole, and text always as UTF-8", () => {
  const image = { entrypoint: ["half \ud800 pair"], cmd: [], env: [], user: "", workingDir: "" };
  const resources = { ...ociOf().linux.resources, memory: { limit: 2n ** 60n + 1n } };
  const text = new TextDecoder("utf-8", { fatal: true }).decode(encodeOci(ociOf({}, { image })));
  assert.ok(text.includes("half \ufffd pair"));
  assert.ok(text.includes('"hard":18446744073709551615'));
  assert.ok(new TextDecoder().decode(encodeOci(resources)).includes('"limit":1152921504606846977'));
});
