import assert from "node:assert/strict";

const script = new URL("../../scripts/generate_proto.sh", import.meta.url).pathname;

// That generating again changes nothing is a stage of its own (tests/support/suite/stages.ts).
Deno.test("the proto generator refuses an unknown argument with its usage", async () => {
  const { code, stderr } = await new Deno.Command(script, { args: ["--nonsense"] }).output();
  assert.equal(code, 2);
  assert.match(new TextDecoder().decode(stderr), /--check/);
});
