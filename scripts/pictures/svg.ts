/**
 * Draws what a terminal showed as an SVG that needs nothing else: no fonts of its own, no scripts.
 * Every row has its length stated, so that columns align in whatever monospace font a reader has.
 * Pure.
 */

/** One row of the terminal: what was typed after the prompt, or what a program printed. */
export interface Row {
  readonly kind: "typed" | "printed";
  readonly text: string;
}

/** What is drawn. */
export interface Picture {
  /** Stands above the rows, and is what a screen reader says. */
  readonly title: string;
  readonly columns: number;
  readonly rows: readonly Row[];
}

/** The prompt of root, as in the README. */
const prompt = "# ";

const fontPx = 14;
const cellPx = 8.4; // 0.6 em, what the usual monospace fonts have.
const rowPx = 20;
const marginPx = 16;
const barPx = 36;
const buttons = ["#ff5f57", "#febc2e", "#28c840"];

const style = [
  `text{font:${fontPx}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;` +
  `fill:#c9d1d9;white-space:pre}`,
  ".typed{fill:#fff}",
  ".prompt{fill:#7ee787}",
  ".title{fill:#8b949e;text-anchor:middle}",
].join("");

/** The size of a picture in pixels. */
export function pictureSize(columns: number, rows: number): { width: number; height: number } {
  return {
    width: Math.ceil(columns * cellPx) + 2 * marginPx,
    height: barPx + rows * rowPx + 2 * marginPx,
  };
}

/** The text of the SVG file. */
export function renderPicture({ title, columns, rows }: Picture): string {
  const { width, height } = pictureSize(columns, rows.length);
  const name = escapeXml(title);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" role="img" xml:space="preserve">`,
    `<title>${name}</title>`,
    `<style>${style}</style>`,
    `<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>`,
    `<path d="M0 ${barPx}V8a8 8 0 0 1 8-8H${width - 8}a8 8 0 0 1 8 8V${barPx}z" fill="#21262d"/>`,
    ...buttons.map((color, index) =>
      `<circle cx="${20 + index * 20}" cy="${barPx / 2}" r="6" fill="${color}"/>`
    ),
    `<text class="title" x="${width / 2}" y="${barPx / 2 + 5}">${name}</text>`,
    ...rows.map(renderRow),
    "</svg>",
    "",
  ].join("\n");
}

function renderRow({ kind, text }: Row, index: number): string {
  const y = barPx + marginPx + index * rowPx + fontPx;
  const shown = kind === "typed" ? `${prompt}${text}` : text;
  const length = ([...shown].length * cellPx).toFixed(1);
  const content = kind === "typed"
    ? `<tspan class="prompt">${prompt}</tspan>${escapeXml(text)}`
    : escapeXml(text);
  // A length of nothing is an error to some viewers.
  const stated = shown === "" ? "" : ` textLength="${length}" lengthAdjust="spacingAndGlyphs"`;
  const typed = kind === "typed" ? ` class="typed"` : "";
  return `<text${typed} x="${marginPx}" y="${y}"${stated}>${content}</text>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** XML has no control characters, not even escaped ones: those become the mark for unknown ones. */
function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => entities[char] ?? char).replace(/\p{Cc}/gu, "\ufffd");
}
