/** How the demonstration talks: numbered steps with their times, and what came out of them. */

const encoder = new TextEncoder();

function print(text: string): void {
  Deno.stdout.writeSync(encoder.encode(text));
}

/** A headline. */
export function headline(text: string): void {
  print(`\n==> ${text}\n`);
}

/** Runs `work`, telling before what is done and after how long it took. */
export async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  print(`  ${what.padEnd(58, " ")}`);
  const start = performance.now();
  try {
    const result = await work();
    print(` ${Math.round(performance.now() - start)} ms\n`);
    return result;
  } catch (error) {
    print(" failed\n");
    throw error;
  }
}

/** Shows output of a program, indented. */
export function show(text: string): void {
  for (const line of text.trimEnd().split("\n")) print(`    | ${line}\n`);
}
