/** The measures of a checkpoint by split, as the evaluation writes them; a part that can't be told says why. */

import type { Checkpoint } from "@/api/types";

/** Challenger minus champion (or model minus baseline), with its 95% interval and what the set could have shown. */
export interface Comparison {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly detectable: number;
}

export interface CurvePoint {
  readonly n: number;
  readonly mean: number;
  readonly sd: number;
}

export type Told<Measure> = Measure | { readonly undefined: string };

export interface BestOfN {
  readonly n: number;
  readonly problems: number;
  readonly accuracy: number;
  readonly majority_vote: number;
  readonly oracle: number;
  readonly pass_at_1: number;
  readonly curves: Readonly<Record<"best_of_n" | "majority_vote" | "oracle", readonly CurvePoint[]>>;
}

export interface FirstError {
  readonly f1: number;
  readonly erroneous: number;
  readonly correct: number;
  readonly n: number;
}

export interface Steps {
  readonly auc: number;
  readonly position_only: number;
  readonly gain: Comparison;
  readonly n: number;
}

export type Metric = "best_of_n" | "first_error";

export interface SplitMeasures {
  readonly best_of_n: Told<BestOfN>;
  readonly first_error: Told<FirstError>;
  readonly steps: Told<Steps>;
  readonly champion: number | null;
  readonly comparison: Readonly<Partial<Record<Metric, Comparison>>>;
}

export type SplitName = "gate" | "test";

/** The measures on one split; null before the evaluation. The schema calls them a free dictionary, so this is where they get their type. */
export function measuresOn(checkpoint: Checkpoint, split: SplitName): SplitMeasures | null {
  return (checkpoint.measures[split] as SplitMeasures | undefined) ?? null;
}

export function isTold<Measure extends object>(measure: Told<Measure>): measure is Measure {
  return !("undefined" in measure);
}

export type Verdict = "better" | "notWorse" | "lower" | "worse";

/** Is it better than the champion, and can this set tell? */
export function verdict({ difference, low, high }: Comparison): Verdict {
  if (low > 0) return "better";
  if (high < 0) return "worse";
  return difference >= 0 ? "notWorse" : "lower";
}
