/** Work of which every part is tried, whatever becomes of the others. */

/** Does one after the other, and then throws the first error there was. */
export async function allInTurn(parts: readonly (() => Promise<unknown>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const part of parts) {
    try {
      await part();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
