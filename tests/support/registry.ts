/**
 * Registries of a test's own, beside the one that serves the images: with a password, with TLS that
 * is or is not trusted, empty or holding every test image.
 */

import { BackgroundProcess, run } from "./command.ts";
import { makeDir, removeDir, testEnvironment } from "./environment.ts";
import { freePort, listens } from "./ports.ts";

/** The user that registries with `auth` know; the hash is bcrypt of the password. */
export const registryUser = { username: "frakti", password: "correct horse" } as const;

const passwordHash = "$2y$05$WaSsO.3DaBPOwzTvnCP3peLMJoS.E0znN87qWnwWMAi2wRcjGtIW2";

/** What kind of registry. */
export interface RegistryOptions {
  /** Only {@linkcode registryUser} may pull and push. */
  readonly auth?: boolean;
  /**
   * Plain HTTP on 127.0.0.1 when absent. `trusted`: TLS with a certificate of the CA that the
   * environment trusts. `unknown`: with a certificate nobody knows. Both on an address towards
   * which Docker verifies TLS.
   */
  readonly tls?: "trusted" | "unknown";
  /** Hold the images that the environment's own registry serves; empty otherwise. */
  readonly withImages?: boolean;
}

/** A running registry. */
export interface Registry extends AsyncDisposable {
  /** `HOST:PORT` as it stands before the slash of an image reference. */
  readonly host: string;
  /** Base URL for {@linkcode pushImage}. */
  readonly url: string;
  /** The certificate of a registry with `tls: "unknown"`, in PEM. */
  readonly certificatePath: string | undefined;
  /** What the registry has logged, at most the last 64 KiB. */
  log(): Promise<string>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

const startTimeoutMs = 10_000;
const stopGraceMs = 5_000;

/** Starts a registry and waits until it listens. */
export async function startRegistry(options: RegistryOptions = {}): Promise<Registry> {
  const { registryAddress } = testEnvironment();
  const dir = await makeDir("registry");
  const hostname = options.tls === undefined ? "127.0.0.1" : registryAddress;
  const host = `${hostname}:${freePort(hostname)}`;
  const tls = await certificate(options, dir);
  const storage = `${dir}/storage`;
  await Deno.mkdir(storage);
  if (options.withImages) await mountImages(dir, storage);
  if (options.auth) {
    await Deno.writeTextFile(`${dir}/htpasswd`, `${registryUser.username}:${passwordHash}\n`);
  }
  const configPath = `${dir}/config.json`; // JSON is YAML.
  await Deno.writeTextFile(
    configPath,
    JSON.stringify({
      version: "0.1",
      storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
      http: { addr: host, ...(tls === undefined ? {} : { tls }) },
      ...(options.auth ? { auth: { htpasswd: { realm: "test", path: `${dir}/htpasswd` } } } : {}),
    }),
  );
  const registry = BackgroundProcess.start(
    "docker-registry",
    ["serve", configPath],
    `${dir}/registry.log`,
  );
  await registry.waitUntil("the registry listens", startTimeoutMs, () => listens(host));
  const stop = async () => {
    await registry.stop(stopGraceMs);
    await removeDir(dir);
  };
  return {
    host,
    url: `${tls === undefined ? "http" : "https"}://${host}`,
    certificatePath: options.tls === "unknown" ? tls?.certificate : undefined,
    log: () => registry.log(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function certificate(options: RegistryOptions, dir: string) {
  const { tls, registryAddress } = testEnvironment();
  if (options.tls === undefined) return undefined;
  if (options.tls === "trusted") return { certificate: tls.certificate, key: tls.key };
  const made = { certificate: `${dir}/server.crt`, key: `${dir}/server.key` };
  await run("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
    ...["-days", "2", "-subj", "/CN=unknown", "-addext", `subjectAltName=IP:${registryAddress}`],
    ...["-keyout", made.key, "-out", made.certificate],
  ]);
  return made;
}

async function mountImages(dir: string, storage: string): Promise<void> {
  const images = Deno.env.get("FRAKTI_TEST_IMAGES") ?? "";
  await Deno.mkdir(`${dir}/upper`);
  await Deno.mkdir(`${dir}/work`);
  const layers = `lowerdir=${images},upperdir=${dir}/upper,workdir=${dir}/work`;
  await run("mount", ["-t", "overlay", "overlay", "-o", layers, storage]);
}
