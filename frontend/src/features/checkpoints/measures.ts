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

export type Verdict = NonNullable<Schemas["Decision"]["verdicts"]>[string];

/** What gate showed of each measure that was compared, at the margin of that day. */
export interface Rulings {
  readonly margin: number;
  readonly verdicts: Readonly<Partial<Record<string, Verdict>>>;
}

export function rulings({ decision: { margin, verdicts } }: Checkpoint): Rulings | null {
  return typeof margin === "number" && verdicts ? { margin, verdicts } : null;
}
