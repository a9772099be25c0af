/**
 * What plugins answer to ADD, in every version of the specification, as one model. A result is
 * hostile input: addresses, gateways and routes must be right or the result is refused; what is
 * only advice (hardware address, interface index, DNS) is left out when it makes no sense, as
 * some plugins in use keep data of their own there. The untouched answer travels on to the next
 * plugin; this model is for frakti.
 */

import { isIP } from "node:net";
import { internal } from "../lib/errors.ts";
import { isObject, type Json, type JsonObject, listOf, textOf } from "./json.ts";
import { type CniVersion, isCniVersion, resultForm } from "./versions.ts";

export interface ResultInterface {
  readonly name: string;
  /** Lower case, colons; absent unless it is a hardware address. */
  readonly mac?: string;
  readonly mtu?: number;
  /** The namespace's path; "" = on the host. */
  readonly sandbox: string;
}

export interface ResultAddress {
  readonly address: string;
  readonly prefix: number;
  readonly family: 4 | 6;
  readonly gateway?: string;
  /** Index into `interfaces`. */
  readonly interface?: number;
}

export interface NetworkRoute {
  readonly address: string;
  readonly prefix: number;
  readonly family: 4 | 6;
  readonly gateway?: string;
  readonly mtu?: number;
  readonly priority?: number;
  readonly table?: number;
  readonly scope?: number;
  readonly advmss?: number;
}

export interface ResultDns {
  readonly nameservers: readonly string[];
  readonly domain?: string;
  readonly search: readonly string[];
  readonly options: readonly string[];
}

export interface NetworkResult {
  readonly interfaces: readonly ResultInterface[];
  readonly ips: readonly ResultAddress[];
  readonly routes: readonly NetworkRoute[];
  readonly dns: ResultDns;
}

// A pod has a handful of each; these only bound what a hostile plugin can make frakti keep.
const maxInterfaces = 256;
const maxAddresses = 64;
const maxRoutes = 1024;
const maxDnsEntries = 32;

/**
 * The version a result is written in: its own where it states one, else the configuration's.
 * @throws FraktiError Internal when it states one that frakti does not speak.
 */
export function versionOfResult(raw: JsonObject, configured: CniVersion): CniVersion {
  const stated = raw["cniVersion"];
  if (stated === undefined || stated === "") return configured;
  if (isCniVersion(stated)) return stated;
  throw internal(`Result has CNI version ${quote(stated)}, which frakti does not speak`);
}

/**
 * Reads a result of any version.
 * @throws FraktiError Internal naming the field that is wrong.
 */
export function parseResult(raw: JsonObject, configured: CniVersion): NetworkResult {
  const version = versionOfResult(raw, configured);
  if (resultForm(version) === "ip4ip6") return parseOld(raw);
  const interfaces = entries(raw, "interfaces", maxInterfaces).map(parseInterface);
  return {
    interfaces,
    ips: entries(raw, "ips", maxAddresses).map((entry, index) =>
      parseAddress(entry, `ips[${index}]`, interfaces.length)
    ),
    routes: parseRoutes(raw, "routes"),
    dns: parseDns(raw["dns"]),
  };
}

/** 0.1.0 and 0.2.0: one address per family, each with its routes. */
function parseOld(raw: JsonObject): NetworkResult {
  const ips: ResultAddress[] = [];
  const routes: NetworkRoute[] = [];
  for (const [key, family] of [["ip4", 4], ["ip6", 6]] as const) {
    const entry = raw[key];
    if (entry === undefined || entry === null) continue;
    if (!isObject(entry)) throw wrong(key, entry);
    const { address, prefix } = parseCidr(entry["ip"], `${key}.ip`, family);
    const gateway = parseGateway(entry["gateway"], `${key}.gateway`);
    ips.push({ address, prefix, family, ...gateway });
    routes.push(...parseRoutes(entry, "routes"));
  }
  return { interfaces: [], ips, routes, dns: parseDns(raw["dns"]) };
}

function parseInterface(entry: JsonObject): ResultInterface {
  const mac = parseMac(entry["mac"]);
  const mtu = positive(entry["mtu"]);
  return {
    name: cleanText(entry["name"], maxInterfaceNameLength) ?? "",
    sandbox: cleanText(entry["sandbox"], maxPathLength) ?? "",
    ...(mac === undefined ? {} : { mac }),
    ...(mtu === undefined ? {} : { mtu }),
  };
}

/** Generous: the kernel's limit is 15, other systems' plugins use longer ones. */
const maxInterfaceNameLength = 64;
const maxPathLength = 4096; // PATH_MAX

function parseAddress(entry: JsonObject, field: string, interfaces: number): ResultAddress {
  const cidr = parseCidr(entry["address"], `${field}.address`);
  const gateway = parseGateway(entry["gateway"], `${field}.gateway`);
  const index = entry["interface"];
  const isIndex = typeof index === "number" && Number.isInteger(index) && index >= 0 &&
    index < interfaces;
  return { ...cidr, ...gateway, ...(isIndex ? { interface: index } : {}) };
}

function parseRoutes(raw: JsonObject, key: string): NetworkRoute[] {
  return entries(raw, key, maxRoutes).map((entry, index) => {
    const field = `${key}[${index}]`;
    const dst = parseCidr(entry["dst"], `${field}.dst`);
    const gateway = parseGateway(entry["gw"], `${field}.gw`);
    const numbers: Record<string, number> = {};
    for (const name of ["mtu", "priority", "table", "advmss", "scope"]) {
      const value = positive(entry[name]);
      if (value !== undefined) numbers[name] = value;
    }
    return { ...dst, ...gateway, ...numbers };
  });
}

function parseDns(raw: Json | undefined): ResultDns {
  const dns = isObject(raw) ? raw : {};
  const texts = (key: string, isGood: (text: string) => boolean) =>
    (listOf(dns[key]) ?? []).flatMap((entry) =>
      typeof entry === "string" && isGood(entry) ? [entry] : []
    ).slice(0, maxDnsEntries);
  const domain = textOf(dns["domain"]);
  return {
    nameservers: texts("nameservers", (text) => isIP(text) !== 0),
    search: texts("search", isDnsWord),
    options: texts("options", isDnsWord),
    ...(domain !== undefined && isDnsWord(domain) ? { domain } : {}),
  };
}

/** These words end up in a pod's resolv.conf: no white space, no line ends, no comment. */
function isDnsWord(text: string): boolean {
  return /^[A-Za-z0-9_.:-]{1,253}$/.test(text);
}

/** A hardware address of 6 (Ethernet) to 20 bytes (InfiniBand), lower case; else undefined. */
export function parseMac(raw: Json | undefined): string | undefined {
  const isMac = typeof raw === "string" && raw.length <= maxMacLength &&
    /^[0-9a-f]{2}(:[0-9a-f]{2}){5,19}$/i.test(raw);
  return isMac ? raw.toLowerCase() : undefined;
}

const maxMacLength = 59; // 20 bytes with colons.

/**
 * "10.0.0.5/24" in its parts.
 * @throws FraktiError Internal naming `field`, also when the family is not `family`.
 */
export function parseCidr(
  raw: Json | undefined,
  field: string,
  family?: 4 | 6,
): { address: string; prefix: number; family: 4 | 6 } {
  const match = typeof raw === "string" && raw.length <= maxCidrLength
    ? /^([0-9A-Fa-f.:]+)\/(\d{1,3})$/.exec(raw)
    : null;
  const address = match?.[1] ?? "";
  const found = isIP(address);
  const prefix = Number(match?.[2]);
  const isGood = (found === 4 && prefix <= 32 || found === 6 && prefix <= 128) &&
    (family === undefined || found === family);
  if (!isGood) throw wrong(field, raw);
  return { address, prefix, family: found === 4 ? 4 : 6 };
}

const maxCidrLength = 49; // The longest spelling of an IPv6 address, a slash and three digits.

/** Of either family: an IPv4 network may be reached through an IPv6 gateway (RFC 5549). */
function parseGateway(raw: Json | undefined, field: string): { gateway?: string } {
  if (raw === undefined || raw === null || raw === "") return {};
  const isAddress = typeof raw === "string" && raw.length <= maxCidrLength && !raw.includes("%") &&
    isIP(raw) !== 0;
  if (!isAddress) throw wrong(field, raw);
  return { gateway: raw };
}

function entries(raw: JsonObject, key: string, limit: number): JsonObject[] {
  const list = listOf(raw[key]);
  if (list === undefined) throw wrong(key, raw[key]);
  if (list.length > limit) throw internal(`Result has more than ${limit} "${key}"`);
  return list.map((entry, index) => {
    if (!isObject(entry)) throw wrong(`${key}[${index}]`, entry);
    return entry;
  });
}

function positive(raw: Json | undefined): number | undefined {
  return typeof raw === "number" && Number.isSafeInteger(raw) && raw > 0 ? raw : undefined;
}

function cleanText(raw: Json | undefined, maxLength: number): string | undefined {
  const isClean = typeof raw === "string" && raw.length <= maxLength &&
    !/[^\x21-\x7e]/.test(raw);
  return isClean ? raw : undefined;
}

function wrong(field: string, value: Json | undefined): Error {
  return internal(`Result has a wrong "${field}": ${quote(value)}`);
}

const maxQuoteLength = 100;

function quote(value: Json | undefined): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, maxQuoteLength);
}
