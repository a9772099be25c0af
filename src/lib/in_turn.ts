/** Work of which every part is tried, whatever becomes of the others. */

/** Does one after the other, and then throws the first error there was; `tell` is given the others. */
export async function allInTurn(
  parts: readonly (() => Promise<unknown>)[],
  tell: (error: unknown) => void,
): Promise<void> {
  let first: { readonly error: unknown } | undefined;
  for (const part of parts) {
    try {
      await part();
    } catch (error) {
      if (first === undefined) first = { error };
      else tell(error);
    }
  }
  if (first !== undefined) throw first.error;
}
