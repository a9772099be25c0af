/**
 * Byte quantities as Kubernetes writes them ("20Mi", "1G", "4096"). Used by the configuration
 * schema only; knows nothing of keys or files.
 */

const multipliers: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** Digits and one of the suffixes below, if any. */
export const quantityPattern = /^(\d{1,16}(?:\.\d{1,9})?)(k|M|G|T|Ki|Mi|Gi|Ti)?$/;

/**
 * The number of bytes that `raw` means: a non-negative integer, or a decimal number with one of the
 * suffixes k, M, G, T, Ki, Mi, Gi, Ti. Undefined when it is not a quantity or no whole number of
 * bytes that a double holds exactly.
 */
export function parseByteQuantity(raw: string | number): number | undefined {
  const match = quantityPattern.exec(String(raw));
  if (match === null) return undefined;
  const bytes = Number(match[1]) * (multipliers[match[2] ?? ""] ?? Number.NaN);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
