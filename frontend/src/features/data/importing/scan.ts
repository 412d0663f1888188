/** A file read line by line in the browser, a piece at a time: which lines are no JSON objects, before anything is sent. */

const PIECE = 2 ** 20; // bytes
const LONGEST = 16 * 2 ** 20; // of a line; the server takes none that is longer
export const MOST_TOLD = 20;

export type Flaw = "json" | "utf8" | "object" | "long";

export interface Scan {
  readonly lines: number;
  readonly flawed: number;
  /** The first of them. */
  readonly flaws: readonly { readonly line: number; readonly flaw: Flaw }[];
  /** How far, from 0 to 1. */
  readonly share: number;
}

export const NOTHING: Scan = { lines: 0, flawed: 0, flaws: [], share: 0 };

/** Read the whole file, telling after each piece how far it is; ends early when `signal` is aborted. */
export async function scan(file: File, tell: (scan: Scan) => void, signal: AbortSignal): Promise<void> {
  const lines = new Lines();
  for (let at = 0; at < file.size && !signal.aborted; at += PIECE) {
    const piece = new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer());
    if (signal.aborted) return;
    lines.take(piece);
    const share = Math.min(1, (at + PIECE) / file.size);
    if (share === 1) lines.end();
    tell({ ...lines.found, share });
  }
}

const LINE_END = 10;
const BOM = [0xef, 0xbb, 0xbf];

/** Lines out of pieces; of one that is too long nothing is held. */
class Lines {
  found = { lines: 0, flawed: 0, flaws: [] as { line: number; flaw: Flaw }[] };
  #number = 0;
  #parts: Uint8Array[] = [];
  #length = 0;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });

  take(piece: Uint8Array) {
    let from = 0;
    for (let end = piece.indexOf(LINE_END); end !== -1; end = piece.indexOf(LINE_END, from)) {
      this.#hold(piece.subarray(from, end));
      this.#close();
      from = end + 1;
    }
    this.#hold(piece.subarray(from));
  }

  end() {
    if (this.#length > 0) this.#close();
  }

  #hold(part: Uint8Array) {
    this.#length += part.length;
    if (this.#length > LONGEST) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }

  #close() {
    this.#number += 1;
    const flaw = this.#length > LONGEST ? "long" : this.#judge(joined(this.#parts));
    this.#parts = [];
    this.#length = 0;
    if (flaw === "blank") return;
    this.found.lines += 1;
    if (flaw === null) return;
    this.found.flawed += 1;
    if (this.found.flaws.length < MOST_TOLD) this.found.flaws = [...this.found.flaws, { line: this.#number, flaw }];
  }

  #judge(line: Uint8Array): Flaw | "blank" | null {
    const marked = this.#number === 1 && BOM.every((byte, index) => line[index] === byte);
    let text: string;
    try {
      text = this.#decoder.decode(marked ? line.subarray(BOM.length) : line);
    } catch {
      return "utf8";
    }
    if (text.trim() === "") return "blank";
    try {
      const row: unknown = JSON.parse(text);
      return typeof row === "object" && row !== null && !Array.isArray(row) ? null : "object";
    } catch {
      return "json";
    }
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length <= 1) return parts[0] ?? new Uint8Array();
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
