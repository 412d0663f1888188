/** What comes before the first generation, and which of it is next: derived, pure. */

import type { Progress } from "@/api/types";

import type { Overview } from "./queries";

export const STEPS = ["import", "instructions", "people", "launch"] as const;
export type Step = (typeof STEPS)[number];

export interface StepState {
  readonly step: Step;
  readonly done: boolean;
  /** The one to do now; what can wait is never it. */
  readonly next: boolean;
}

/** Nothing can be launched without solutions; a batch without people lies still; instructions are there from the start. */
export function stepsOf({ solutions }: Progress, { begun, rounds }: Overview): StepState[] {
  const done: Readonly<Record<Step, boolean>> = {
    import: Boolean(solutions),
    instructions: begun.instructions,
    people: begun.labelers > 0 || begun.links > 0,
    launch: rounds.length > 0,
  };
  const next = STEPS.find((step) => step !== "instructions" && !done[step]);
  return STEPS.map((step) => ({ step, done: done[step], next: step === next }));
}
