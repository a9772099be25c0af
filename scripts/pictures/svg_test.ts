import assert from "node:assert/strict";
import { pictureSize, renderPicture, type Row } from "./svg.ts";

const typed = (text: string): Row => ({ kind: "typed", text });
const printed = (text: string): Row => ({ kind: "printed", text });

const draw = (...rows: Row[]) => renderPicture({ title: "frakti <pods>", columns: 98, rows });

/** The `text` elements below the title bar. */
function textRows(svg: string): readonly string[] {
  return svg.split("\n").filter((line) => line.startsWith("<text") && !line.includes("title"));
}

Deno.test("what XML reads as markup is escaped, in rows and in the title", () => {
  const svg = draw(typed(`echo "a" 'b'`), printed("</text><script>&amp;"));
  assert.match(svg, /<title>frakti &lt;pods&gt;<\/title>/);
  assert.match(svg, />echo &quot;a&quot; &#39;b&#39;<\/text>/);
  assert.match(svg, />&lt;\/text&gt;&lt;script&gt;&amp;amp;<\/text>/);
  assert.doesNotMatch(svg, /<script/);
});

Deno.test("control characters, which XML cannot hold, become visible marks", () => {
  assert.match(draw(printed("a\x1b[0m\0b")), />a\ufffd\[0m\ufffdb<\/text>/);
});

Deno.test("each row is one line of text, an empty one too, below the one before", () => {
  const rows = textRows(draw(typed("frakti pods"), printed("POD ID"), printed(""), printed("x")));
  assert.equal(rows.length, 4);
  const heights = rows.map((row) => Number(/ y="(\d+)"/.exec(row)?.[1]));
  assert.deepEqual(heights.map((y) => y - (heights[0] ?? 0)), [0, 20, 40, 60]);
});

Deno.test("only what was typed has a prompt, in a colour of its own", () => {
  const [first = "", second = ""] = textRows(draw(typed("frakti pods"), printed("# no prompt")));
  assert.match(first, /<tspan class="prompt"># <\/tspan>frakti pods</);
  assert.doesNotMatch(second, /tspan/);
});

Deno.test("the length of a row is that of its characters, whatever the font", () => {
  const [ascii = "", cut = "", typedRow = ""] = textRows(
    draw(printed("0123456789"), printed("012345678…"), typed("01234567")),
  );
  for (const row of [ascii, cut, typedRow]) assert.match(row, / textLength="84\.0"/);
});

Deno.test("width follows the columns, height the rows", () => {
  const narrow = pictureSize(80, 10);
  const wide = pictureSize(90, 15);
  assert.deepEqual([wide.width - narrow.width, wide.height - narrow.height], [84, 100]);
  const { width, height } = pictureSize(98, 1);
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img"`;
  assert.ok(draw(printed("x")).includes(size));
});
