/**
 * A small part of Markdown as a tree: headings, paragraphs, lists, code, bold, italics. Nothing in it is ever HTML, and no
 * link is made: what is not known stays text.
 *
 * Ours, because a library is worse here. To Markdown the backslashes and stars of LaTeX are its own marks: \(x_1\) becomes
 * (x_1), and $a_1*b*c_2$ is torn by an emphasis. And what a labeler waits for grows by a tenth (JavaScript, gzipped):
 * 284 kB with this file, 318 kB with react-markdown, 310 kB with marked and DOMPurify, which sets HTML besides.
 */

export type Block =
  | { readonly kind: "heading"; readonly level: 2 | 3; readonly text: string }
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "list"; readonly ordered: boolean; readonly items: readonly string[] }
  | { readonly kind: "code"; readonly text: string };

export type Inline = { readonly kind: "text" | "strong" | "emphasis" | "code"; readonly text: string };

const FENCE = /^```/;
const HEADING = /^(#{1,6})\s+(.*)$/;
const ITEM = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/;

export function blocks(markdown: string): Block[] {
  const found: Block[] = [];
  let open = false; // whether the next line may go on with the last block
  let code: string[] | null = null;
  for (const line of markdown.replaceAll("\r\n", "\n").split("\n")) {
    if (FENCE.test(line)) {
      if (code) found.push({ kind: "code", text: code.join("\n") });
      code = code ? null : [];
    } else if (code) {
      code.push(line);
    } else if (line.trim() === "") {
      open = false;
    } else {
      take(found, line, open);
      open = true;
    }
  }
  return code ? [...found, { kind: "code", text: code.join("\n") }] : found;
}

/** Put the line into the last block where it goes on with it, else into a new one. */
function take(found: Block[], line: string, open: boolean): void {
  const last = found.at(-1);
  const heading = HEADING.exec(line);
  const item = ITEM.exec(line);
  if (heading) {
    found.push({ kind: "heading", level: heading[1]!.length <= 2 ? 2 : 3, text: heading[2]! });
  } else if (item) {
    takeItem(found, last, item[1] !== undefined, item[2]!);
  } else if (open && last?.kind === "list") {
    found[found.length - 1] = { ...last, items: [...last.items.slice(0, -1), `${last.items.at(-1)} ${line.trim()}`] };
  } else if (open && last?.kind === "paragraph") {
    found[found.length - 1] = { ...last, text: `${last.text} ${line.trim()}` };
  } else {
    found.push({ kind: "paragraph", text: line });
  }
}

function takeItem(found: Block[], last: Block | undefined, ordered: boolean, text: string): void {
  if (last?.kind === "list" && last.ordered === ordered) found[found.length - 1] = { ...last, items: [...last.items, text] };
  else found.push({ kind: "list", ordered, items: [text] });
}

export function inlines(text: string): Inline[] {
  return text
    .split(/(\*\*[^*\n]+\*\*|`[^`\n]+`|(?<![*\w])\*[^*\s][^*\n]*\*(?!\w)|(?<!\w)_[^_\s][^_\n]*_(?!\w))/)
    .filter((part) => part !== "")
    .map(inline);
}

function inline(part: string): Inline {
  if (/^\*\*.+\*\*$/.test(part)) return { kind: "strong", text: part.slice(2, -2) };
  if (/^`.+`$/.test(part)) return { kind: "code", text: part.slice(1, -1) };
  if (/^([*_])[^*_].*\1$/s.test(part)) return { kind: "emphasis", text: part.slice(1, -1) };
  return { kind: "text", text: part };
}
