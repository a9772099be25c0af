/**
 * Branded strings: an id of one kind cannot be passed where another kind is meant.
 */

declare const brand: unique symbol;

/** A string that the type checker keeps apart from strings of other kinds. */
export type Branded<Name extends string> = string & { readonly [brand]: Name };
