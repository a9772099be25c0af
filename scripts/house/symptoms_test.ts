import assert from "node:assert/strict";

const top = new URL("../..", import.meta.url).pathname;

/** What stands in quotes in the first column of the table of symptoms in docs/OPERATING.md. */
async function quotedSymptoms(): Promise<readonly string[]> {
  const page = await Deno.readTextFile(`${top}docs/OPERATING.md`);
  const section = page.split(/^## /m).find((each) => each.startsWith("When something is wrong"));
  const rows = (section ?? "").split("\n").filter((line) => line.startsWith("| "));
  return rows.map((row) => row.split(" | ")[0] ?? "")
    .flatMap((symptom) => [...symptom.matchAll(/"([^"]+)"/g)].map(([, quoted = ""]) => quoted));
}

/** The lines of frakti's own source, without tests. */
async function sourceLines(dir: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(dir)) {
    if (isDirectory && name !== "generated") lines.push(...await sourceLines(`${dir}/${name}`));
    if (!name.endsWith(".ts") || name.endsWith("_test.ts")) continue;
    lines.push(...(await Deno.readTextFile(`${dir}/${name}`)).split("\n"));
  }
  return lines;
}

Deno.test("every symptom that the operators' page quotes is something that frakti says", async () => {
  const quotes = await quotedSymptoms();
  assert.ok(quotes.length >= 7, quotes.join("; "));
  const lines = await sourceLines(`${top}src`);
  for (const quote of quotes) {
    // Dots stand for a name that is put in.
    const words = quote.split(/\s*\.\.\.\s*/).map((part) => RegExp.escape(part));
    const pattern = new RegExp(words.join(".*"));
    assert.ok(lines.some((line) => pattern.test(line)), `nothing in src says "${quote}"`);
  }
});
