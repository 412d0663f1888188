/** Finds the mathematics and the code in plain text; what it is not sure of stays text. */

import { closingDollar, readsAsFormula, unescaped } from "./dollars";

export type Segment =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "math"; readonly tex: string; readonly display: boolean; readonly source: string }
  | { readonly kind: "code"; readonly code: string; readonly display: boolean; readonly source: string };

type Special = Exclude<Segment, { kind: "text" }>;

interface Fence {
  readonly open: string;
  readonly close: string;
  readonly display: boolean;
}

const FENCES: readonly Fence[] = [
  { open: "$$", close: "$$", display: true },
  { open: "\\[", close: "\\]", display: true },
  { open: "\\(", close: "\\)", display: false },
  { open: "$", close: "$", display: false },
];

const ENVIRONMENT = /^\\begin\{((?:align|alignat|aligned|equation|gather|gathered|cases|array|[pbvBV]?matrix)\*?)\}/;

const BOXED = "\\boxed{";

/** Fenced code, Asymptote's drawings as problems carry them, and a stretch between backticks. What is in them is no mathematics. */
const CODES: readonly { readonly opens: string; readonly whole: RegExp; readonly display: boolean }[] = [
  { opens: "```", whole: /^```[^\n`]*\n([\s\S]*?)\n?[ \t]*```/, display: true },
  { opens: "[asy]", whole: /^\[asy\]\s*([\s\S]*?)\s*\[\/asy\]/, display: true },
  { opens: "`", whole: /^`([^`\n]+)`(?!`)/, display: false },
];

/** The parts as they are shown: a displayed formula or code has its own space around it, so that the text's own is dropped. */
export function laidOut(parts: readonly Segment[]): Segment[] {
  const displays = (part: Segment | undefined) => part !== undefined && part.kind !== "text" && part.display;
  return parts.flatMap((part, index): Segment[] => {
    if (part.kind !== "text") return [part];
    const started = displays(parts[index - 1]) ? part.text.trimStart() : part.text;
    const text = displays(parts[index + 1]) ? started.trimEnd() : started;
    return text === "" ? [] : [{ kind: "text", text }];
  });
}

/** A plain stretch as it is shown: an escaped dollar or percent sign is that sign. */
export function shown(text: string): string {
  return text.replace(/\\([$%])/g, "$1");
}

/** Answers are LaTeX without dollars; one that has a command or a power in it, and is no sentence, is set as mathematics. */
export function asMath(answer: string): string {
  const isFormula = /[\\^]/.test(answer) && !answer.includes("$") && !/\\[([]/.test(answer) && readsAsFormula(answer.trim());
  return isFormula ? `$${answer.trim()}$` : answer;
}

/** The text cut into plain stretches, formulas and code, in order; put together the sources are the text again. */
export function segments(text: string): Segment[] {
  const found: Segment[] = [];
  let plain = 0;
  let at = 0;
  while (at < text.length) {
    const special = specialAt(text, at);
    if (special) {
      if (at > plain) found.push({ kind: "text", text: text.slice(plain, at) });
      found.push(special);
      at += special.source.length;
      plain = at;
    } else {
      at += text[at] === "\\" ? 2 : 1; // an escaped dollar opens nothing
    }
  }
  if (plain < text.length) found.push({ kind: "text", text: text.slice(plain) });
  return found;
}

function specialAt(text: string, at: number): Special | null {
  const first = text[at];
  if (first === "\\" || first === "$") return mathAt(text, at);
  return first === "`" || first === "[" ? codeAt(text, at) : null;
}

function codeAt(text: string, at: number): Special | null {
  const kind = CODES.find(({ opens }) => text.startsWith(opens, at));
  const whole = kind?.whole.exec(text.slice(at));
  return kind && whole ? { kind: "code", code: whole[1]!, display: kind.display, source: whole[0] } : null;
}

function mathAt(text: string, at: number): Extract<Segment, { kind: "math" }> | null {
  if (text.startsWith(BOXED, at)) return boxedAt(text, at);
  const environment = ENVIRONMENT.exec(text.slice(at, at + 24));
  if (environment) return environmentAt(text, at, environment[1]!);
  const fence = FENCES.find(({ open }) => text.startsWith(open, at));
  if (!fence) return null;
  const from = at + fence.open.length;
  const to = closing(text, from, fence);
  if (to === -1) return null;
  const source = text.slice(at, to + fence.close.length);
  return { kind: "math", tex: withMoney(text.slice(from, to)), display: fence.display, source };
}

/** A bare dollar inside a formula is money; a pair of them in a text holds a formula again, `\text{if $x$}`. */
function withMoney(tex: string): string {
  return tex.replace(/(\\text\w*\s*\{[^{}$]*\$[^{}$]+\$[^{}$]*\})|(?<!\\)\$/g, (_, text?: string) => text ?? "\\$");
}

/** Models box their answer also outside of mathematics, often with a dollar sign that means money. */
function boxedAt(text: string, at: number): Extract<Segment, { kind: "math" }> | null {
  let depth = 0;
  for (let to = at + BOXED.length - 1; to < text.length; to++) {
    if (text[to] === "\\") to++;
    else if (text[to] === "{") depth++;
    else if (text[to] === "}" && --depth === 0) {
      const source = text.slice(at, to + 1);
      return { kind: "math", tex: withMoney(source), display: false, source };
    }
  }
  return null;
}

function environmentAt(text: string, at: number, name: string): Extract<Segment, { kind: "math" }> | null {
  const end = `\\end{${name}}`;
  const to = text.indexOf(end, at);
  if (to === -1) return null;
  const source = text.slice(at, to + end.length);
  return { kind: "math", tex: source, display: true, source };
}

function closing(text: string, from: number, { open, close }: Fence): number {
  if (open === "$") return closingDollar(text, from);
  const to = unescaped(text, close, from);
  return to > from ? to : -1;
}
