/** A generation in words and figures. */

import type { Generation, Stratum } from "@/api/types";
import { count, percent } from "@/shared/format";

import { texts } from "./texts";

/** Such as `Convincing wrong answers, 8 per problem, 80% wrong`. */
export function ruleSentence({ rule, scope, k, wrong_share }: Pick<Generation, "rule" | "scope" | "k" | "wrong_share">): string {
  const parts = [texts.rules[rule], `${count(k)} ${texts.scopes[scope]}`];
  if (rule === "convincing") parts.push(`${percent(wrong_share, 0)} ${texts.preview.wrong}`);
  return parts.join(", ");
}

/** How many items the generation put up, those it withdrew since included. */
export function picksOf({ items }: Generation): number {
  return items.open + items.leased + items.done + items.withdrawn;
}

export interface Decision {
  readonly promoted: boolean;
  readonly sentence: string;
}

/** The decision on the generation's checkpoint; null before it was taken. */
export function decisionOf({ decision }: Pick<Generation, "decision">): Decision | null {
  const { promoted, sentence } = decision;
  return typeof sentence === "string" ? { promoted: promoted === true, sentence } : null;
}

const STRATA = Object.keys(texts.strata) as readonly Stratum[];

/** Counts by stratum in the order of the words, without those that are not there. */
export function strata(counts: Readonly<Record<string, number>>): { stratum: Stratum; count: number }[] {
  return STRATA.flatMap((stratum) => (counts[stratum] ? [{ stratum, count: counts[stratum] }] : []));
}
