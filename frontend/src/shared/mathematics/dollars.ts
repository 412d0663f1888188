/**
 * A dollar sign opens a formula or is money. Between two of them stands a formula if
 * - no third dollar stands in between, and no amount right after the second ("$5-$10"), as pandoc has it;
 * - it neither begins nor ends with white space ("$5 and $x$"), nor spans paragraphs or code;
 * - it reads as mathematics, not as prose.
 * Where in doubt it is text: a formula shown as it was written can be read, prose set as mathematics can't.
 */

/** Where the dollar that closes a formula stands, for one that opens right before `from`; -1 where it opens none. */
export function closingDollar(text: string, from: number): number {
  const to = unescaped(text, "$", from);
  return to > from && !AMOUNT.test(text.slice(to + 1, to + 3)) && readsAsFormula(text.slice(from, to)) ? to : -1;
}

/** Where `mark` stands without a backslash before it, from `from` on; -1 where it doesn't. */
export function unescaped(text: string, mark: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text.startsWith(mark, at)) return at;
    if (text[at] === "\\") at++;
  }
  return -1;
}

const AMOUNT = /^(?:\d|<<)/; // GSM8K notes its calculations so: "$2*5=$<<2*5=10>>10"
const AT_AN_EDGE = /^\s|\s$/;
const PARAGRAPHS = /\n[ \t]*\n/;
const OPEN_BRACKET = /(?<!\\)[([]$/; // "$5 ($x$ of them)"; a brace left open is broken LaTeX, and is marked as that
const FENCE = /```/;
const CALCULATION = /<<[^<>]*>>/;

export function readsAsFormula(tex: string): boolean {
  return ![AT_AN_EDGE, PARAGRAPHS, OPEN_BRACKET, CALCULATION, FENCE].some((sign) => sign.test(tex)) && !isProse(tex);
}

const TEXT = /\\(?:text\w*|emph|mbox|operatorname|math(?:rm|bf|it|sf|tt))\*?\s*\{[^{}]*\}/g;
const SCRIPT = /[_^]\s*\{[^{}]*\}/g;
const COMMAND = /\\(?:[a-zA-Z]+|[^a-zA-Z])/g;
const CJK = /[，。；：？！、]|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]{2}/u;

/** Two words in a row, or such a script's, outside of what LaTeX itself calls text. */
function isProse(tex: string): boolean {
  const bare = tex.replace(TEXT, " + ").replace(SCRIPT, "").replace(COMMAND, " + ");
  const words = bare.split(/\s+/);
  return CJK.test(bare) || words.some((word, index) => index > 0 && areProse(words[index - 1]!, word));
}

/** One of them has three letters at least: "ab cd" may be products. A comma between makes it a list, "abc, bcd". */
function areProse(first: string, second: string): boolean {
  if (first.endsWith(",")) return false;
  const [one, other] = [wordIn(first), wordIn(second)];
  return one !== "" && other !== "" && Math.max(one.length, other.length) > 2;
}

const WORD = /^[("'“‘]*(a|\p{L}[\p{L}\p{M}'’-]+)[.,;:!?)"”]*$/u;
const LOWER = /(?!\p{Script=Greek})[\p{Ll}\p{Lo}]/u; // "ABC" are points
const FUNCTION = /^(?:arc)?(?:sin|cos|tan|sec|csc|cot)h?$|^(?:log|ln|exp|lim|max|min|sup|inf|gcd|lcm|mod|det|dim|ker|deg|arg)$/;

/** The ordinary word that this is, with what stands around it in a sentence; else "". */
function wordIn(token: string): string {
  const word = WORD.exec(token)?.[1] ?? "";
  return LOWER.test(word) && !FUNCTION.test(word) ? word : "";
}
