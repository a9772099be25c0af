import assert from "node:assert/strict";
import { once } from "node:events";
import https from "node:https";
import net from "node:net";
import { describe, hasCode } from "../lib/errors.ts";
import { writeCertificate } from "../lib/fake_certificate.ts";
import { openExec } from "./exec_session.ts";
import { FakeTerminal } from "./fake_node.ts";

const dir = await Deno.makeTempDir({ prefix: "frakti-pinned-" });
const own = await writeCertificate(dir, "own");
const other = await writeCertificate(dir, "other");
Deno.test.afterAll(() => Deno.removeSync(dir, { recursive: true }));

/** A server that notes the requests it sees and answers each with 403. */
async function startServer(certificate: { certFile: string; keyFile: string }) {
  const requests: string[] = [];
  const server = https.createServer({
    cert: await Deno.readTextFile(certificate.certFile),
    key: await Deno.readTextFile(certificate.keyFile),
  });
  server.on("upgrade", (request, socket) => {
    requests.push(request.url ?? "");
    socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return { requests, server, url: `https://127.0.0.1:${address.port}/exec/secret-token` };
}

function open(url: string, streamingCertFile: string | undefined): Promise<number> {
  const deps = {
    terminal: new FakeTerminal(),
    ...(streamingCertFile === undefined ? {} : { streamingCertFile }),
  };
  return openExec(deps, { url, tty: false, stdin: false });
}

Deno.test("a server with the certificate of the configuration sees the request", async () => {
  const { requests, server, url } = await startServer(own);
  await assert.rejects(open(url, own.certFile), (error) => {
    assert.match(describe(error), /403/);
    return true;
  });
  assert.deepEqual(requests, ["/exec/secret-token"]);
  server.close();
});

Deno.test("an impostor sees no request", async () => {
  const { requests, server, url } = await startServer(other);
  for (const certFile of [own.certFile, undefined]) {
    await assert.rejects(open(url, certFile), (error) => {
      assert.ok(hasCode(error, "Unavailable"));
      assert.match(describe(error), /does not show the certificate of the configuration/);
      return true;
    });
  }
  server.close();
  await once(server, "close");
  assert.deepEqual(requests, []);
});

Deno.test("a server that hangs up before TLS is an error", async () => {
  const server = net.createServer((socket) => socket.destroy());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  await assert.rejects(open(`https://127.0.0.1:${address.port}/exec/t`, own.certFile), {
    message: `Cannot open a session at "127.0.0.1:${address.port}"`,
  });
  server.close();
});
