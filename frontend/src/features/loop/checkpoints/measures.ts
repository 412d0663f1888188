/** The measures of a checkpoint by split, as the schema types them; a part that can't be told says why. */

import type { components } from "@/api/schema";
import type { Checkpoint } from "@/api/types";

import { texts } from "./texts";

type Schemas = components["schemas"];

/** A checkpoint as its own page has it: with its rival's measures, what it saw, and an outcome reward model beside. */
export type OwnCheckpoint = Schemas["OwnCheckpoint"];
export type Champion = Schemas["Champion"];
export type Loop = Schemas["Loop"];
export type Round = Schemas["Round"];
export type Share = Schemas["Share"];
export type Seen = Schemas["Seen"];
export type Orm = Schemas["Orm"];
export type Teachable = Schemas["Teachable"];
export type CurvePoint = Schemas["CurvePoint"];
/** Challenger minus champion (or model minus baseline), with its 95% interval and what the set could have shown. */
export type Comparison = Omit<Schemas["Gain"], "problems">;
export type Compared = Schemas["Comparison"];
export type BestOfN = Schemas["BestOfN"];
export type FirstError = Schemas["FirstError"];
export type Steps = Schemas["Steps"];
export type Calibration = Schemas["Calibration"];
export type SplitMeasures = Schemas["SplitMeasures"];
export type OwnMeasures = Schemas["OwnSplitMeasures"];
export type Measured = Schemas["Measured"];
export type Metric = Schemas["Metric"];
export type Told<Measure> = Measure | Schemas["Undefined"];
export type Verdict = NonNullable<Schemas["Decision"]["verdicts"]>[string];

export const SPLITS = ["gate", "test"] as const; // gate decides promotions; test is reported and decides nothing
export type SplitName = (typeof SPLITS)[number];
export const METRICS = ["best_of_n", "first_error"] as const satisfies readonly Metric[];

/** The measures on one split; null before the evaluation. */
export function measuresOn<Measures>({ measures }: { readonly measures: Readonly<Record<string, Measures>> }, split: SplitName): Measures | null {
  return measures[split] ?? null;
}

export function isTold<Measure extends object>(measure: Told<Measure>): measure is Measure {
  return !("undefined" in measure);
}

/** The measure, or null where it can't be told. */
export function toldOf<Measure extends object>(measure: Told<Measure>): Measure | null {
  return isTold(measure) ? measure : null;
}

/** Why it can't be told; null where it can. */
export function whyNot<Measure extends object>(measure: Told<Measure>): string | null {
  return isTold(measure) ? null : measure.undefined;
}

/** The last point of the curve: at as many attempts as a problem usually has. */
export function atUsual({ curves }: BestOfN): CurvePoint | null {
  return curves.best_of_n.at(-1) ?? null;
}

/** What gate showed of each measure that was compared, at the margin of that day. */
export interface Rulings {
  readonly margin: number;
  readonly verdicts: Readonly<Partial<Record<string, Verdict>>>;
}

export function rulings({ decision: { margin, verdicts } }: Pick<Checkpoint, "decision">): Rulings | null {
  return typeof margin === "number" && verdicts ? { margin, verdicts } : null;
}

export function isPromotable({ state, kind, is_champion }: Checkpoint): boolean {
  return state === "ready" && kind === "prm" && !is_champion;
}

/** Where a checkpoint comes from, in words: by which generation or by hand, or which model from elsewhere. */
export function originOf({ source, name, scorer, generation }: Pick<Checkpoint, "source" | "name" | "scorer" | "generation">): string {
  const { style = "", endpoint = "" } = scorer;
  if (source === "served") return texts.sources.served(name, style, endpoint);
  if (source === "public") return texts.sources.public(name, style);
  if (source === "imported") return texts.sources.imported(name);
  return generation === null ? texts.byHand : texts.fromGeneration(generation);
}
