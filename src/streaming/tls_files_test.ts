import assert from "node:assert/strict";
import { once } from "node:events";
import tls from "node:tls";
import { FakeClock } from "../lib/fake_clock.ts";
import { silentLogger } from "../lib/log.ts";
import { systemClock } from "../lib/clock.ts";
import { writeCertificate } from "../lib/fake_certificate.ts";
import { startStreamingServer } from "./server.ts";
import { readTlsPair, type TlsPair, watchTlsPair } from "./tls_files.ts";

/** The name in the certificate that a server shows. */
async function shownName(port: number): Promise<string> {
  const socket = tls.connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const name = socket.getPeerCertificate().subject.CN;
  socket.destroy();
  return String(name);
}

async function withDir(work: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await work(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** Lets file reads that a fake clock has started come to their end. */
async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await systemClock.sleep(5);
}

Deno.test("files that are missing, broken or do not fit are named, not quoted", async () => {
  await withDir(async (dir) => {
    const first = await writeCertificate(dir, "first");
    const second = await writeCertificate(dir, "second");
    const broken = `${dir}/broken`;
    await Deno.writeTextFile(broken, "-----BEGIN PRIVATE KEY-----\ns3cret\n");
    const cases: readonly (readonly [certFile: string, keyFile: string, message: RegExp])[] = [
      [`${dir}/none`, first.keyFile, /^Cannot read ".*\/none": no such file$/],
      [first.certFile, dir, /^Cannot read "/],
      [broken, first.keyFile, /^Cannot use certificate ".*\/broken": it is no PEM/],
      [first.certFile, broken, /^Cannot use key ".*\/broken": it is no PEM/],
      [first.certFile, second.keyFile, /^Key ".*second.key" is not that of certificate ".*first/],
    ];
    for (const [certFile, keyFile, message] of cases) {
      await assert.rejects(readTlsPair({ certFile, keyFile }), {
        code: "InvalidArgument",
        message,
      });
    }
    await readTlsPair(first);
  });
});

Deno.test("a changed pair is taken when it fits, and told once when it does not", async () => {
  await withDir(async (dir) => {
    const files = await writeCertificate(dir, "first");
    const other = await writeCertificate(dir, "second");
    const clock = new FakeClock();
    const taken: TlsPair[] = [];
    let warnings = 0;
    const log = { ...silentLogger, warn: () => warnings++ };
    const first = await readTlsPair(files);
    const stop = watchTlsPair({ clock, log }, files, first, (pair) => taken.push(pair));
    const look = async () => {
      await clock.advance(10_000);
      await until(() => clock.pending === 1);
    };
    await look();
    assert.equal(taken.length, 0);
    await Deno.copyFile(other.certFile, files.certFile); // Half-way.
    await look();
    await look();
    assert.deepEqual([taken.length, warnings], [0, 1]);
    await Deno.copyFile(other.keyFile, files.keyFile);
    await look();
    assert.equal(taken[0]?.cert, await Deno.readTextFile(other.certFile));
    await look();
    assert.equal(taken.length, 1);
    stop();
    assert.equal(clock.pending, 0);
  });
});

Deno.test("a server with TLS shows its certificate, and the new one after a change", async () => {
  await withDir(async (dir) => {
    const files = await writeCertificate(dir, "first");
    const clock = new FakeClock();
    const unused = () => Promise.reject(new Error("unused"));
    const server = await startStreamingServer({
      address: "127.0.0.1",
      port: 0,
      advertiseAddress: "",
      tls: files,
      target: { exec: unused, attach: unused, dial: unused },
      clock,
      log: silentLogger,
    });
    assert.match(server.urls.portForward({ sandboxId: "s" as never, ports: [] }), /^https:/);
    assert.equal(await shownName(server.port), "first");
    const other = await writeCertificate(dir, "second");
    await Deno.copyFile(other.certFile, files.certFile);
    await Deno.copyFile(other.keyFile, files.keyFile);
    await clock.advance(10_000);
    await until(() => clock.pending === 1);
    assert.equal(await shownName(server.port), "second");
    await server.close();
  });
});
