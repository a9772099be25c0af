/** Small file helpers of the test harness. */

const tailBytes = 64 * 1024;

/** The end of a text file, "" when there is none. */
export async function readTail(path: string, maxBytes = tailBytes): Promise<string> {
  try {
    using file = await Deno.open(path);
    const { size } = await file.stat();
    await file.seek(Math.max(0, size - maxBytes), Deno.SeekMode.Start);
    return await new Response(file.readable).text();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** True when something is at `path`. */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
