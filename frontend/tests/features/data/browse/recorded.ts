import type { Found, FoundSolution, Known } from "@/features/data/browse/queries";

export const ROW: FoundSolution = {
  id: 7,
  key: "s-7",
  problem_id: 3,
  problem_text: "Tom has 3 apples and buys 4 more. How many does he have?",
  answer: "8",
  ground_truth_answer: "7",
  grade: "wrong",
  graded_by: "grader",
  step_count: 3,
  model: "small",
  score: null,
  labels: 2,
  gold: null,
  created_at: "2026-03-02T08:00:00Z",
};

export const PAGE: Found<FoundSolution> = { rows: [ROW], next: null, count: 1, exact: true, searched: null };

const LABEL = {
  id: 1,
  labeler: "0d4c7a52-6b9e-4c8e-9f0f-3f9a9a8f9f3b",
  username: "ann",
  source: "human",
  generation: 0,
  revision: 2,
  current: true,
  is_quality_control_question: false,
  is_initial_screening_question: false,
  held_back: false,
  finish_reason: "found_error",
  reason: "",
  ratings: [1, -1],
  flagged: [],
  alternatives: [],
  comment: null,
  total_time: 12_000,
  submitted_at: "2026-03-02T08:00:00Z",
} as const;

export const KNOWN: Known = {
  problem: {
    id: 3,
    text: "Tom has 3 apples and buys 4 more. How many does he have?",
    ground_truth_answer: "7",
    ground_truth_solution: null,
    split: "train",
    retired_at: null,
  },
  problem_key: "p-3",
  solution: {
    id: 7,
    key: "s-7",
    steps: ["Tom has 3 apples.", "So 3 + 4 = 8.", "He has 8 apples."],
    answer: "8",
    grade: "wrong",
    graded_by: "person",
    created_at: "2026-03-02T08:00:00Z",
  },
  model: "small",
  gold: null,
  solutions: 12,
  same_answer: 3,
  scores: [
    { checkpoint: 2, kind: "prm", champion: false, step_probs: null, threshold: 0.5, log_score: null, uncertainty: null },
    { checkpoint: 1, kind: "prm", champion: true, step_probs: [0.97, 0.31, 0.2], threshold: 0.4, log_score: -0.5, uncertainty: 0.25 },
  ],
  labels: [
    { ...LABEL, alternatives: [], ratings: [...LABEL.ratings], flagged: [] },
    {
      ...LABEL,
      id: 2,
      revision: 1,
      current: false,
      finish_reason: "solution",
      ratings: [1, null, 1],
      flagged: [1],
      held_back: true,
      alternatives: [],
    },
  ],
  more_labels: false,
  rulings: [],
  picks: [{ generation: 0, stratum: "control", rank: 4, inclusion_probability: 0.25, log_score: -0.7, state: "done" }],
  alternatives: [{ id: 1, step: 1, text: "So 3 + 4 = 7.", source: "sampler" }],
};
