/**
 * What the team says of each step, told one step at a time: a step before the first mistake is sound, one that may be called
 * the first mistake is a mistake; of what lies behind, nothing is said.
 */

import type { Feedback } from "./queries";

export type Verdict = "sound" | "mistake" | "unsaid";

/** The verdict on each step that is worth telling: to the last acceptable first mistake and to where the pass ended. */
export function verdicts(steps: number, { first_mistakes: mistakes, first_mistake: chosen }: Feedback): Verdict[] {
  if (mistakes.length === 0) return Array.from({ length: steps }, () => "sound");
  const first = Math.min(...mistakes);
  const last = Math.max(...mistakes, chosen ?? steps - 1);
  return Array.from({ length: last + 1 }, (_, step) => {
    if (mistakes.includes(step)) return "mistake";
    return step < first ? "sound" : "unsaid";
  });
}

export type Outcome = "agreed" | "unsure" | "false_alarm" | "missed" | "too_early" | "too_late";

/** How the pass compares: which kind of slip it was, if any. */
export function outcome({ agreed, unsure, first_mistakes: mistakes, first_mistake: chosen }: Feedback): Outcome {
  if (agreed) return "agreed";
  if (unsure) return "unsure";
  if (mistakes.length === 0) return "false_alarm";
  if (chosen === null) return "missed";
  return chosen < Math.min(...mistakes) ? "too_early" : "too_late";
}
