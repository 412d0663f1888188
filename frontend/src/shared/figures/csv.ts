/** Rows of a figure as a file that a spreadsheet opens. */

export type Cell = string | number | null;

/** RFC 4180: commas, quotes doubled, CR LF. What a spreadsheet would run as a formula is kept as text by an apostrophe. */
export function csv(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => row.map(field).join(",") + "\r\n").join("");
}

const FORMULA = /^[=+\-@\t\r]/; // OWASP, CSV injection; a number keeps its minus

function field(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Hand a text to the person as a file. */
export function download(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob(["\uFEFF", text], { type: "text/csv;charset=utf-8" })); // the mark tells spreadsheets it is UTF-8
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
}
