/**
 * What becomes of a field of a request. One word is not enough where an engine can honour only
 * part of the values: then `note` says which.
 */

/** In one engine: taken into account, refused with an error, or without effect. */
export type Treatment =
  | { readonly is: "honoured"; readonly note?: string }
  | { readonly is: "refused"; readonly reason: string }
  | { readonly is: "ignored"; readonly reason: string };

/** Taken into account. */
export const honoured: Treatment = { is: "honoured" };

/** Taken into account, within limits. */
export function honouredWhere(note: string): Treatment {
  return { is: "honoured", note };
}

/** Answered with an error that names it. */
export function refused(reason: string): Treatment {
  return { is: "refused", reason };
}

/** Accepted, without effect. */
export function ignored(reason: string): Treatment {
  return { is: "ignored", reason };
}

/** Message → field → treatment. */
export type FieldTable = Readonly<Record<string, Readonly<Record<string, Treatment>>>>;
