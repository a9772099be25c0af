import assert from "node:assert/strict";
import { systemClock } from "../lib/clock.ts";
import { failedPrecondition, invalidArgument } from "../lib/errors.ts";
import { type Check, runChecks } from "./check.ts";
import { certificateChecks, guestSpeaks } from "./check_parts.ts";

async function only(checks: readonly Check[]): Promise<string> {
  const [report, ...more] = await runChecks(checks, systemClock);
  assert.deepEqual(more, []);
  if (report?.level !== "ok") assert.ok(report?.mend);
  return `${report?.level}: ${report?.message}`;
}

Deno.test("a guest that fits is told with what it takes, another one is a failure", async () => {
  const read = () => Promise.resolve({ overheadMiB: 77 });
  assert.match(await only(guestSpeaks("qemu", read)), /^ok: .*77 MB/);
  const wrong = () => Promise.reject(failedPrecondition("It is of another version"));
  assert.equal(await only(guestSpeaks("qemu", wrong)), "failure: It is of another version");
  assert.deepEqual(guestSpeaks("none", wrong), []);
});

/** A certificate that ends in so many days. */
async function certificate(days: number): Promise<string> {
  const dir = await Deno.makeTempDir();
  try {
    const { success } = await new Deno.Command("openssl", {
      args: [
        ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
        ...["-days", String(days), "-subj", "/CN=x", "-keyout", "k.pem", "-out", "c.pem"],
      ],
      cwd: dir,
      stderr: "null",
    }).output();
    assert.equal(success, true);
    return await Deno.readTextFile(`${dir}/c.pem`);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("a certificate is fine, soon over, over, or of no use; nothing is asked without TLS", async () => {
  const cert = await certificate(30);
  const files = { tlsCertFile: "/c.pem", tlsKeyFile: "/k.pem" };
  const read = () => Promise.resolve({ cert });
  const inDays = (days: number) => ({
    nowNs: () => systemClock.nowNs() + BigInt(days) * 86_400_000_000_000n,
  });
  assert.match(
    await only(certificateChecks(files, inDays(0), read)),
    /^ok: "\/c\.pem" is valid until \d{4}-\d\d-\d\d$/,
  );
  assert.match(await only(certificateChecks(files, inDays(20), read)), /^warning: /);
  assert.match(await only(certificateChecks(files, inDays(31), read)), /^failure: /);
  const broken = () => Promise.reject(invalidArgument('Cannot read "/c.pem": no such file'));
  assert.match(await only(certificateChecks(files, inDays(0), broken)), /^failure: Cannot read/);
  const none = { tlsCertFile: "", tlsKeyFile: "" };
  assert.deepEqual(certificateChecks(none, inDays(0), broken), []);
});
