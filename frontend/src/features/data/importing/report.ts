import type { Import } from "@/api/types";
import { count, NONE, plural } from "@/shared/text/format";

import { texts } from "./texts";

const { kinds, lines: words, field } = texts.report;

/** Such as `400 problems, 1,200 solutions`. */
export function createdOf({ created }: Pick<Import, "created">): string {
  const told = (Object.keys(kinds) as (keyof typeof kinds)[])
    .filter((kind) => (created[kind] ?? 0) > 0)
    .map((kind) => plural(created[kind] ?? 0, kinds[kind]));
  return told.join(", ") || NONE;
}

/** Such as `500 lines: 392 new, 108 merged with problems of the same text`: the parts add up. An older version may have counted none. */
export function linesOf(one: Pick<Import, "lines" | "created_lines" | "merged" | "skipped" | "rejected">): string {
  const parts = { created: one.created_lines ?? 0, merged: one.merged ?? 0, skipped: one.skipped, rejected: one.rejected };
  const told = (Object.keys(parts) as (keyof typeof parts)[]).filter((part) => parts[part] > 0).map((part) => words[part](count(parts[part])));
  return one.lines === null ? told.join(", ") : [words.all(one.lines), told.join(", ")].filter(Boolean).join(": ");
}

/** Such as `license (400 lines), source (1 line)`. */
export const fieldsOf = (unread: Import["unread"]): string =>
  Object.entries(unread)
    .map(([name, n]) => field(name, n))
    .join(", ");
