/** The measures of a checkpoint by split, as the schema types them; a part that can't be told says why. */

import type { components } from "@/api/schema";
import type { Checkpoint } from "@/api/types";

type Schemas = components["schemas"];

/** Challenger minus champion (or model minus baseline), with its 95% interval and what the set could have shown. */
export type Comparison = Omit<Schemas["Gain"], "problems">;
export type BestOfN = Schemas["BestOfN"];
export type FirstError = Schemas["FirstError"];
export type Steps = Schemas["Steps"];
export type SplitMeasures = Schemas["SplitMeasures"];
export type Metric = Schemas["Metric"];
export type Told<Measure> = Measure | Schemas["Undefined"];
export type SplitName = "gate" | "test";

/** The measures on one split; null before the evaluation. */
export function measuresOn(checkpoint: Checkpoint, split: SplitName): SplitMeasures | null {
  return checkpoint.measures[split] ?? null;
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
