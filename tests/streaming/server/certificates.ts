/** An authority of the test's own and certificates of it, made by openssl. */

import { run } from "../../support/mod.ts";
import type { TlsFiles } from "../../../src/streaming/tls_files.ts";

/** See the module comment. */
export class TestAuthority implements AsyncDisposable {
  private constructor(readonly dir: string, readonly certificate: string) {}

  static async create(): Promise<TestAuthority> {
    const dir = await Deno.makeTempDir({ prefix: "frakti-tls-" });
    await makeCertificate(["-subj", "/CN=test CA"], `${dir}/ca`);
    return new TestAuthority(dir, await Deno.readTextFile(`${dir}/ca.crt`));
  }

  /** The files of a new certificate for 127.0.0.1; those that are there are replaced. */
  async issue(): Promise<TlsFiles> {
    const { dir } = this;
    await makeCertificate([
      ...["-CA", `${dir}/ca.crt`, "-CAkey", `${dir}/ca.key`, "-subj", "/CN=test server"],
      ...["-addext", "subjectAltName=IP:127.0.0.1"],
      ...["-addext", "basicConstraints=critical,CA:FALSE"],
    ], `${dir}/server`);
    return { certFile: `${dir}/server.crt`, keyFile: `${dir}/server.key` };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Deno.remove(this.dir, { recursive: true });
  }
}

async function makeCertificate(args: readonly string[], path: string): Promise<void> {
  await run("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
    ...["-days", "2", "-keyout", `${path}.key`, "-out", `${path}.crt`, ...args],
  ]);
}
