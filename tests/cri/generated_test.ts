import assert from "node:assert/strict";

const script = new URL("../../scripts/generate_proto.sh", import.meta.url).pathname;

/** What the script exits with when npm cannot bring its tools, as behind a closed network. */
const cannotBeHad = 3;

Deno.test("generating again changes nothing", async () => {
  const { code, stdout, stderr } = await new Deno.Command(script, { args: ["--check"] }).output();
  const decoder = new TextDecoder();
  const said = decoder.decode(stdout) + decoder.decode(stderr);
  assert.ok(code === 0 || code === cannotBeHad, said);
});

Deno.test("an unknown argument is refused with the usage", async () => {
  const { code, stderr } = await new Deno.Command(script, { args: ["--nonsense"] }).output();
  assert.equal(code, 2);
  assert.match(new TextDecoder().decode(stderr), /--check/);
});
