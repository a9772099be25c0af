/**
 * Certificates for unit tests, made by openssl: one each time, valid for 127.0.0.1.
 */

import { FraktiError } from "./errors.ts";

/** Writes `NAME.crt` and `NAME.key` into `dir`. */
export async function writeCertificate(
  dir: string,
  name: string,
): Promise<{ readonly certFile: string; readonly keyFile: string }> {
  const certFile = `${dir}/${name}.crt`;
  const keyFile = `${dir}/${name}.key`;
  const { success, stderr } = await new Deno.Command("openssl", {
    args: [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-keyout", keyFile, "-out", certFile, "-subj", `/CN=${name}`, "-days", "2"],
      ...["-addext", "subjectAltName=IP:127.0.0.1"],
    ],
  }).output();
  if (success) return { certFile, keyFile };
  throw new FraktiError("Internal", `openssl failed: ${new TextDecoder().decode(stderr)}`);
}
