/** The batch's filters as the page's address has them; what is no filter, or no value of one, is passed over. */

import type { Filters } from "../queries";
import { texts } from "../texts";
import { watching } from "../texts.watch";

export const CHOICES = {
  state: texts.page.itemCounts,
  grade: { right: texts.page.grades.right, wrong: texts.page.grades.wrong },
  finish_reason: watching.mix.endings,
} as const;
export type Choice = keyof typeof CHOICES;

const NUMBERS = { mistake: 2 ** 31 - 1, tenth: 10 } as const;
const STRATUM = /^\w{1,20}$/; // rules name theirs
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
export const NAMES: readonly (keyof Filters)[] = ["stratum", "state", "grade", "finish_reason", "mistake", "tenth", "labeler"];

export function filtersOf(search: URLSearchParams): Filters {
  return Object.fromEntries(NAMES.flatMap((name) => told(name, search.get(name))));
}

function told(name: keyof Filters, text: string | null): [string, string | number][] {
  if (text === null) return [];
  if (name in CHOICES) return text in CHOICES[name as Choice] ? [[name, text]] : [];
  if (name === "stratum") return STRATUM.test(text) ? [[name, text]] : [];
  if (name === "labeler") return UUID.test(text) ? [[name, text]] : [];
  const number = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  return number >= 1 && number <= NUMBERS[name as keyof typeof NUMBERS] ? [[name, number]] : [];
}
