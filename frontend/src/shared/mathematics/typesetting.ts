/** KaTeX, with what it has set kept: a formula is set once, if possible before anybody waits for it. */

import katex from "katex";

import { segments } from "./mathematics";

const LONGEST_FORMULA = 20_000; // characters; longer ones are data, not mathematics, and would block the page
const KEPT = 2_000; // formulas: some dozens of solutions
const kept = new Map<string, string | null>();

/** KaTeX's HTML, or null where it can't read the formula. */
export function typeset(tex: string, display: boolean): string | null {
  const key = `${display} ${tex}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  if (kept.size >= KEPT) kept.clear();
  const html = tex.length > LONGEST_FORMULA ? null : set(tex, display);
  kept.set(key, html);
  return html;
}

function set(tex: string, display: boolean): string | null {
  try {
    return katex.renderToString(tex, {
      displayMode: display,
      throwOnError: true,
      trust: false,
      strict: "ignore",
      maxExpand: 500,
      maxSize: 20,
    });
  } catch {
    return null; // ParseError, or the RangeError of a nesting too deep: both mean that it can't be set
  }
}

/** Set the formulas of these texts while the page is idle; call what is returned to stop. */
export function typesetAhead(texts: readonly string[]): () => void {
  const formulas = texts.flatMap(segments).flatMap((part) => (part.kind === "math" ? [part] : []));
  let timer: ReturnType<typeof setTimeout>;
  const next = () => {
    const formula = formulas.shift();
    if (!formula) return;
    typeset(formula.tex, formula.display);
    timer = setTimeout(next, 0); // a key pressed meanwhile waits for one formula at most
  };
  timer = setTimeout(next, 0);
  return () => clearTimeout(timer);
}
