import assert from "node:assert/strict";

/** HTTP/2 keeps at most this many closed streams of a connection; beyond it they are recycled. */
const keptStreams = 100;

const clients = 4;
const roundsOfClient = 8;

// Deno frees what nghttp2 still uses when a session closes within a frame, which aborts the
// process (docs/decisions/0006): every restart of a kubelet could have ended frakti.
Deno.test("clients that leave after many calls do not take the server with them", async () => {
  const server = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--cached-only", `${import.meta.dirname}/server_process.ts`],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = server.stdout.getReader();
  const { value } = await reader.read();
  const socketPath = new TextDecoder().decode(value).trim();
  for (let client = 0; client < clients; client++) {
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--allow-all", "--cached-only", `${import.meta.dirname}/departing_client.ts`],
        ...[socketPath, String(roundsOfClient), String(keptStreams * 1.5)],
      ],
      stdout: "null",
      stderr: "inherit",
    }).output();
    assert.equal(code, 0);
  }
  await server.stdin.close();
  reader.releaseLock();
  await server.stdout.cancel();
  assert.equal((await server.status).code, 0);
});
