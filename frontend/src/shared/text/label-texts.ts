/** How a label, and what was ruled on it, is told wherever it is shown. */

import { dictionary } from "../language/language";

export const labelTexts = dictionary({
  source: { human: "person", simulated: "program", imported: "imported", model: "model", reviewed: "reviewer" },
  finish: { found_error: "found a mistake", solution: "no mistake", bad_problem: "bad problem", give_up: "gave up" },
  rulings: {
    keep: "A label was kept",
    merge: "A label was merged",
    grade: "The grade was corrected",
    ground_truth: "The ground-truth answer was corrected",
    retire: "The problem was retired",
    restore: "The problem was brought back",
    gold: "Made gold",
    answer: "The question was answered",
    leave: "Left as it is",
  },
});
