/**
 * The server's certificate and key from their files, and again whenever they have changed.
 * Whatever writes them may be half-way: a pair that does not fit is left for the next look.
 */

import { createPrivateKey, X509Certificate } from "node:crypto";
import type { Clock } from "../lib/clock.ts";
import { describe, invalidArgument } from "../lib/errors.ts";
import { readTextIfExists } from "../lib/files.ts";
import type { Logger } from "../lib/log.ts";

/** PEM; `cert` with the whole chain. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Chains take some KiB. */
const maxFileBytes = 1024 * 1024;

/** Certificates are renewed days before they expire. */
export const tlsLookMs = 10_000;

/**
 * Reads both and makes sure that they fit.
 * @throws FraktiError InvalidArgument naming the file, never its content.
 */
export async function readTlsPair({ certFile, keyFile }: TlsFiles): Promise<TlsPair> {
  const [cert, key] = await Promise.all([read(certFile), read(keyFile)]);
  const certificate = attempt(`Cannot use certificate "${certFile}"`, () => {
    return new X509Certificate(cert);
  });
  const isPair = attempt(`Cannot use key "${keyFile}"`, () => {
    return certificate.checkPrivateKey(createPrivateKey(key));
  });
  if (!isPair) throw invalidArgument(`Key "${keyFile}" is not that of certificate "${certFile}"`);
  return { cert, key };
}

async function read(path: string): Promise<string> {
  let text: string | undefined;
  try {
    text = await readTextIfExists(path, maxFileBytes);
  } catch (error) {
    throw invalidArgument(`Cannot read "${path}"`, error);
  }
  if (text === undefined) throw invalidArgument(`Cannot read "${path}": no such file`);
  return text;
}

function attempt<T>(action: string, work: () => T): T {
  try {
    return work();
  } catch {
    // Parsers quote what they cannot read, which may be the key.
    throw invalidArgument(`${action}: it is no PEM that can be read`);
  }
}

/** Calls `onChange` with every new pair from now on; the returned function ends that. */
export function watchTlsPair(
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
  files: TlsFiles,
  first: TlsPair,
  onChange: (pair: TlsPair) => void,
): () => void {
  let current = first;
  let lastProblem = "";
  let isStopped = false;
  let cancel = () => {};
  const look = async () => {
    try {
      const pair = await readTlsPair(files);
      lastProblem = "";
      if (isStopped || (pair.cert === current.cert && pair.key === current.key)) return;
      onChange(pair);
      current = pair;
      log.info("Took the changed certificate of the streaming server", { file: files.certFile });
    } catch (error) {
      const problem = describe(error);
      if (problem !== lastProblem) log.warn("Keep the old certificate", { error: problem });
      lastProblem = problem;
    }
  };
  const schedule = () => {
    cancel = clock.after(tlsLookMs, () => {
      look().finally(() => {
        if (!isStopped) schedule();
      });
    });
  };
  schedule();
  return () => {
    isStopped = true;
    cancel();
  };
}
