/**
 * The configuration of registries as skopeo reads it (containers-registries.conf(5), version 2),
 * made from frakti's own `registries` key. Mirrors are asked first, in order, then the registry
 * itself. Registries on loopback are plain HTTP, as with Docker.
 */

export interface RegistrySettings {
  readonly mirrors: readonly string[];
  /** Takes plain HTTP and certificates that cannot be verified. */
  readonly insecure: boolean;
  /** PEM file of an authority that may vouch for the registry. */
  readonly caFile?: string | undefined;
}

export type Registries = Readonly<Record<string, RegistrySettings>>;

/**
 * The file for pulls from `host`. Nothing of the node's own registries.conf comes in: what applies
 * is what frakti's configuration says.
 */
export function renderRegistriesConf(host: string, registries: Registries): string {
  return registryTable(host, host, isInsecure(host, registries)) + mirrorsOf(host, registries);
}

/** The same for pulls that go through a gate on loopback (token_gate.ts): no mirror has its token. */
export function renderGateConf(host: string, location: string): string {
  return registryTable(host, location, true);
}

function registryTable(host: string, location: string, insecure: boolean): string {
  return [
    "unqualified-search-registries = []",
    "[[registry]]",
    `prefix = ${quote(host)}`,
    `location = ${quote(location)}`,
    `insecure = ${insecure}`,
    "",
  ].join("\n");
}

function mirrorsOf(host: string, registries: Registries): string {
  const mirrors = registries[host]?.mirrors ?? [];
  return mirrors.map((mirror) =>
    [
      "[[registry.mirror]]",
      `location = ${quote(mirror)}`,
      `insecure = ${isInsecure(mirror, registries)}`,
      "",
    ].join("\n")
  ).join("");
}

/** The authorities that pulls from `host` trust beside the node's own, mirrors included. */
export function authorityFiles(host: string, registries: Registries): readonly string[] {
  const hosts = [host, ...registries[host]?.mirrors.map(hostOf) ?? []];
  return [...new Set(hosts.flatMap((name) => registries[name]?.caFile ?? []))];
}

/** Whether a registry is asked by plain HTTP, or without looking at its certificate. */
export function isInsecure(location: string, registries: Registries): boolean {
  const host = hostOf(location);
  return registries[host]?.insecure === true || isLoopback(host);
}

/** "localhost", 127.0.0.0/8 and ::1, with or without a port. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, "");
  return name === "localhost" || /^127(\.\d{1,3}){3}$/.test(name) || name === "[::1]";
}

/** A mirror may name a path behind its host. */
function hostOf(location: string): string {
  return location.split("/")[0] ?? location;
}

/** A TOML basic string. */
function quote(text: string): string {
  return JSON.stringify(text);
}
