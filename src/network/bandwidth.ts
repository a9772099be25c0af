/**
 * Bandwidth limits from a pod's annotations, in the form the `bandwidth` capability takes. Pure.
 */

import { invalidArgument } from "../lib/errors.ts";

/** Bits per second and bits; a direction without a limit is absent. */
export interface Bandwidth {
  readonly ingressRate?: number;
  readonly ingressBurst?: number;
  readonly egressRate?: number;
  readonly egressBurst?: number;
}

/** What a burst may be at most: the kubelet asked for as much before runtimes took this over. */
const unlimitedBurstBits = 2 ** 31 - 1;

// The bounds Kubernetes sets (pkg/util/bandwidth): 1k to 1P bits per second.
const minRate = 10n ** 3n;
const maxRate = 10n ** 15n;

const annotations = {
  ingress: "kubernetes.io/ingress-bandwidth",
  egress: "kubernetes.io/egress-bandwidth",
};

/**
 * The limits a pod asks for; undefined when it asks for none.
 * @throws FraktiError InvalidArgument when an annotation is no quantity or unreasonable.
 */
export function podBandwidth(
  podAnnotations: Readonly<Record<string, string>>,
): Bandwidth | undefined {
  const ingress = rate(podAnnotations, annotations.ingress);
  const egress = rate(podAnnotations, annotations.egress);
  if (ingress === undefined && egress === undefined) return undefined;
  return {
    ...(ingress === undefined ? {} : { ingressRate: ingress, ingressBurst: unlimitedBurstBits }),
    ...(egress === undefined ? {} : { egressRate: egress, egressBurst: unlimitedBurstBits }),
  };
}

function rate(podAnnotations: Readonly<Record<string, string>>, key: string): number | undefined {
  const text = Object.hasOwn(podAnnotations, key) ? podAnnotations[key] : undefined;
  if (text === undefined) return undefined;
  const bits = parseQuantity(text);
  if (bits === undefined) {
    throw invalidArgument(`Annotation "${key}" is no quantity: ${JSON.stringify(text)}`);
  }
  if (bits < minRate || bits > maxRate) {
    throw invalidArgument(`Annotation "${key}" is not between 1k and 1P: ${JSON.stringify(text)}`);
  }
  return Number(bits);
}

/** Suffixes as powers: of ten with a negative power meaning a fraction, and of two. */
const decimalPowers: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  "": 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const binaryPowers: Readonly<Record<string, number>> = {
  Ki: 10,
  Mi: 20,
  Gi: 30,
  Ti: 40,
  Pi: 50,
  Ei: 60,
};

const quantityPattern =
  /^\+?(\d{1,30})?(?:\.(\d{0,30}))?(?:([numkMGTPE])|([KMGTPE]i)|[eE]([+-]?\d{1,2}))?$/;

/**
 * A Kubernetes quantity that is not negative, rounded up to a whole number, as Quantity.Value()
 * does. Undefined when it is none.
 */
export function parseQuantity(text: string): bigint | undefined {
  const match = quantityPattern.exec(text);
  if (match === null) return undefined;
  const [, whole = "", fraction = "", decimal, binary, exponent] = match;
  if (whole === "" && fraction === "") return undefined;
  const digits = BigInt(`${whole}${fraction}`);
  const factor = binary === undefined ? 1n : 2n ** BigInt(binaryPowers[binary] ?? 0);
  const power = exponent === undefined ? decimalPowers[decimal ?? ""] ?? 0 : Number(exponent);
  const tens = power - fraction.length;
  if (tens >= 0) return digits * factor * 10n ** BigInt(tens);
  const divisor = 10n ** BigInt(-tens);
  return (digits * factor + divisor - 1n) / divisor;
}
