/** Every word of the learning curve and the stopping hint. */

import { dictionary } from "@/shared/language/language";

export const texts = dictionary({
  heading: "Is retraining paying?",
  none: "No generation has closed with a checkpoint yet: the curve starts with the first.",
  stopping: {
    met: "More labels of this kind hardly pay any more",
    not: "More labels of this kind still change the model",
    open: "Too early to say whether more labels pay",
    criterion:
      "Criterion: stabilising predictions (Bloodgood and Vijay-Shanker, CoNLL 2009), Cohen's kappa between successive checkpoints on the gate problems' steps; bound on F by Bloodgood and Grothendieck, CoNLL 2013.",
  },
  agreement: {
    title: "The champion names the labelers' first mistake",
    sentence:
      "Each generation's champion, before it saw any of these labels. On the control, weighted by the chance each item had to be drawn, that speaks of the whole pool; what the rule selects is where the champion was most likely wrong.",
    y: "Same first mistake, or none by both (%)",
  },
  mistakes: {
    title: "Labelers find a mistake",
    sentence: "Of solutions that somebody finished; an unsettled contradiction with the grade is left out until a reviewer decides it.",
    y: "Solutions with a mistake (%)",
  },
  bestOfN: {
    title: "Best-of-N of each generation's checkpoint",
    sentence: "On the gate problems there were when it was measured, with its 95% interval over problems.",
    y: "Problems answered right (%)",
    line: "checkpoint of the generation",
  },
  kappa: {
    title: "How alike successive checkpoints call steps",
    sentence: (threshold: number, window: number) =>
      `Above ${threshold} on average over ${window} pairs in a row, more labels of this kind hardly pay.`,
    y: "Cohen's kappa with the checkpoint before",
    line: "kappa",
  },
  x: "Generation",
  control: "control, the whole pool",
  selected: "selected by the rule",
  tip: (x: string) => `Generation ${x}`,
  columns: {
    generation: "Generation",
    line: "Of",
    champion: "Champion then",
    checkpoint: "Checkpoint",
    low: "95% from",
    high: "95% to",
    n: "n (solutions)",
    putUp: "Put up (items)",
    problems: "Problems",
    why: "Undefined because",
    value: "Value",
  },
});
