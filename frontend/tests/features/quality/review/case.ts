import type { Case, CaseLabel } from "@/api/types";

let made = 0;

/** A pass with these ratings, by somebody new. */
export function aLabel(ratings: (number | null)[], changed: Partial<CaseLabel> = {}): CaseLabel {
  made += 1;
  return {
    id: made,
    labeler: `dca8d58e-10b5-4ba3-a43b-${made}`,
    username: `labeler ${made}`,
    source: "human",
    generation: 0,
    revision: 1,
    finish_reason: ratings.includes(-1) ? "found_error" : "solution",
    reason: "",
    ratings,
    flagged: [],
    alternatives: [],
    comment: null,
    total_time: 12_000,
    submitted_at: "2026-11-24T01:00:00Z",
    ...changed,
  };
}

/** A solution graded wrong with these labels over it. */
export function aCase(labels: CaseLabel[], steps: number): Case {
  return {
    problem: { id: 1, text: "What is $3 + 4$?", ground_truth_answer: "7", ground_truth_solution: null, split: "train", retired_at: null },
    solution: {
      id: 5,
      key: "s",
      steps: Array.from({ length: steps }, (_, n) => `Step ${n + 1} of it.`),
      answer: "8",
      grade: "wrong",
      graded_by: "grader",
    },
    solutions: 4,
    same_answer: 2,
    step_probs: null,
    labels,
    rulings: [],
  };
}
