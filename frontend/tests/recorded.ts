/** Answers of the real API, shortened; their types are the generated ones, so what the server no longer says does not compile. */

import type { Agreement, Assignment, Checkpoint, Generation, Import, Job, Me, Offer, OfferedRule, Preview, Progress, Project } from "@/api/types";

export const ANN: Me = {
  username: "ann",
  is_superuser: false,
  simulated: false,
  labeler: "dca8d58e-10b5-4ba3-a43b-ebad55f8c396",
  memberships: [{ project: { slug: "apples", name: "Apples" }, role: "labeler", suspended: false }],
  enrolment_due: false,
};

export const OLGA: Me = {
  ...ANN,
  username: "olga",
  memberships: [{ project: { slug: "apples", name: "Apples" }, role: "operator", suspended: false }],
};

export const PROJECT: Project = {
  slug: "apples",
  name: "Apples",
  phase: 2,
  metric: "best_of_n",
  promotion_margin: 0.05,
  auto_advance: false,
  trains_elsewhere: false,
  lease_seconds: 1800,
  labels_wanted: 1,
  overlap_share: 0,
  gate_share: 0.1,
  test_share: 0.1,
  control_share: 0.1,
  audit_share: 0.05,
  screening_size: 30,
  screening_bar: 0.75,
  screening_retakes: 1,
  check_count: 15,
  check_rate: 0.05,
  check_bar: 0.75,
  hourly_rate: null,
  currency: "",
  way: "embedded",
  base_model: "",
  training: {},
  role: "operator",
  instructions: { version: 1, text: "Rate the steps one by one, until the first bad one.\n\n- **Great**: right, and it moves on." },
  champion: null,
};

export const RULES: OfferedRule[] = [
  {
    name: "convincing",
    description: "Wrong answers with the highest scores first, then the highest scores among all that remain.",
    needs: "scores",
    strata: ["wrong", "remainder"],
  },
  {
    name: "uniform",
    description: "By lot, whatever the grade and the score: the rule for comparison, which needs no champion.",
    needs: "nothing",
    strata: ["uniform"],
  },
  {
    name: "uncertain",
    description: "What the champion is least sure of, whatever the grade (ActPRM).",
    needs: "step_probs",
    strata: ["uncertain"],
  },
];

export const FRACTION: Assignment = {
  id: 41,
  lease: { token: "N0p3kHc2l1o8", expires_at: "2026-11-23T03:40:00Z" },
  solution_id: 7001,
  problem: "The denominator of a fraction is 7 less than 3 times the numerator. If the fraction is equivalent to $2/5$, what is the numerator?",
  ground_truth_answer: "14",
  steps: ["Let's call the numerator $x$.", "So the denominator is $3x-7$.", "So $5x = 6x - 14$.", "So $x = 7$."],
  alternatives: {
    "3": [
      { id: 901, text: "So $-x=-14$, $x=14$." },
      { id: 902, text: "So $x=14/11$." },
    ],
  },
  instructions_version: 1,
  screening: null,
};

export const POTHOLE: Assignment = {
  ...FRACTION,
  id: 42,
  lease: { token: "Q7x_second", expires_at: "2026-11-23T03:45:00Z" },
  solution_id: 7002,
  problem: "Ron is fed up with the pothole in front of his house. How much does he save by fixing it?",
  ground_truth_answer: "255",
  steps: ["The asphalt costs 75.", "He saves 255."],
  alternatives: {},
};

export const FINISHED: Offer = {
  assignment: null,
  reason: { code: "batch_finished", sentence: "Every item of this batch has its labels. The next one opens after training." },
};

export const MY_PROGRESS: Progress = {
  my: { today: 12, median_ms: 108_000 },
  batch: { open: 10, leased: 1, done: 121, withdrawn: 0 },
  problems: null,
  solutions: null,
  by_split: null,
  grades: null,
  labels: null,
  labels_today: null,
  generation: null,
  worker: null,
  needs: null,
};

export const TRAINING_JOB: Job = {
  id: 2,
  kind: "train",
  state: "running",
  done: 75,
  total: 638,
  rate: 0.4134,
  seconds_left: 1361.69,
  message: "Update 75 of 638, loss 0.350",
  attempt: 1,
};

export const GENERATION: Generation = {
  number: 0,
  state: "training",
  sentence: "A challenger is trained on all eligible labels so far.",
  failure: "",
  rule: "uniform",
  scope: "global",
  k: 120,
  wrong_share: 0.8,
  control_share: 0.1,
  audit_share: 0.05,
  gate_k: 0,
  labels_wanted: 1,
  overlap_share: 0,
  seed: 0,
  champion: null,
  checkpoint: 1,
  decision: { promoted: null, sentence: null, margin: null, verdicts: null },
  items: { open: 0, leased: 0, done: 121, withdrawn: 11 },
  by_stratum: { control: 12, uniform: 120 },
  labels: 121,
  jobs: [{ ...TRAINING_JOB, id: 1, kind: "select", state: "done", done: 0, total: 0, rate: null, seconds_left: null, message: "" }, TRAINING_JOB],
  manifest: { checkpoint: null, pool_digest: "febbfbf40b451136469a5de81e587dd4", picks: 132 },
  launched_at: "2026-11-23T03:08:51.054314Z",
  labeling_at: "2026-11-23T03:08:51.534779Z",
  ended_at: null,
};

export const LABELING: Generation = {
  ...GENERATION,
  state: "labeling",
  sentence: "People rate the batch: 121 of 132 items are done.",
  checkpoint: null,
  items: { open: 10, leased: 1, done: 121, withdrawn: 0 },
  jobs: [],
};

export const FAILED: Generation = {
  ...GENERATION,
  state: "failed",
  sentence: "Failed while training: The disk is full.",
  failure: "The disk is full.",
  jobs: [{ ...TRAINING_JOB, state: "failed", rate: null, seconds_left: null, message: "The disk is full." }],
};

export const PROGRESS: Progress = {
  ...MY_PROGRESS,
  problems: 428,
  solutions: 3280,
  by_split: { train: 264, gate: 120, test: 44 },
  grades: { right: 2016, wrong: 1264, unknown: 0, ungraded: 0 },
  labels: { human: 0, simulated: 121, imported: 0, model: 0, reviewed: 0 },
  labels_today: 121,
  generation: GENERATION,
  worker: { alive: true, sentence: "A worker answers." },
  needs: { failed_jobs: [], contradictions: 4, paused: 0 },
};

export const PREVIEW: Preview = {
  candidates: 12_391,
  unscored: 0,
  picks: 84,
  ahead: 0,
  right: 17,
  wrong: 67,
  by_stratum: { wrong: 58, remainder: 14, control: 7, audit: 5 },
  problems: 60,
  per_problem: [
    { picks: 1, problems: 40 },
    { picks: 2, problems: 16 },
    { picks: 3, problems: 4 },
  ],
  shortfall: { wrong: 6 },
  histogram: null,
  effort: {
    passes: 84,
    past: 121,
    hours: { value: 2.1, low: 1.4, high: 2.6, undefined: null },
    cost: { value: 52.5, low: 35, high: 65, undefined: null },
    currency: "EUR",
  },
};

const CURVE = [
  { n: 1, mean: 0.476, sd: 0.02, low: 0.41, high: 0.54, trials: 100, problems: 90 },
  { n: 32, mean: 0.71, sd: 0, low: 0.62, high: 0.8, trials: 100, problems: 90 },
];

export const CHECKPOINT: Checkpoint = {
  number: 2,
  kind: "prm",
  source: "trained",
  name: "",
  scorer: {},
  awaited: false,
  state: "ready",
  is_champion: false,
  base_model: "",
  config: {},
  threshold: {
    value: 0.313,
    tuned: true,
    folds: 2,
    with_mistake: 120,
    without_mistake: 83,
    sentence: "0.313, tuned on 203 training solutions (120 with a mistake, 83 without), each judged by a model that never saw its problem (2 folds).",
  },
  measures: {
    gate: {
      best_of_n: {
        n: 32,
        problems: 90,
        accuracy: 0.71,
        majority_vote: 0.74,
        oracle: 0.96,
        pass_at_1: 0.476,
        curves: { best_of_n: CURVE, majority_vote: CURVE, weighted_vote: CURVE, oracle: CURVE },
      },
      first_error: { undefined: "No solution of this split has a label." },
      steps: {
        auc: 0.861,
        position_only: 0.742,
        n: 412,
        gain: { difference: 0.119, low: 0.08, high: 0.16, detectable: 0.06, problems: 88 },
        calibration: {
          ece: 0.04,
          ece_low: 0.02,
          ece_high: 0.07,
          problems: 88,
          n: 412,
          bins: [{ low: 0, high: 0.1, n: 0, predicted: null, correct: null, correct_low: null, correct_high: null }],
        },
      },
      champion: 1,
      comparison: { best_of_n: { difference: 0.022, low: -0.01, high: 0.055, detectable: 0.047, problems: 90, n: 90, unit: "problems" } },
    },
  },
  decision: {
    promoted: true,
    sentence:
      "Promoted: not worse than the champion by 5 points or more. Best-of-N: not worse, +2.2 points (95% interval -1.0 to +5.5; 90 gate problems, paired, could have shown 4.7).",
    margin: 0.05,
    verdicts: { best_of_n: "not_worse" },
  },
  report: {},
  labels: 233,
  generation: 1,
  jobs: [],
  created_at: "2026-11-23T03:14:48.778148Z",
  promoted_at: null,
};

export const IMPORT: Import = {
  ...TRAINING_JOB,
  id: 9,
  kind: "import",
  state: "done",
  filename: "algebra.jsonl",
  format: "auto",
  split: null,
  lines: 14,
  created: { problems: 2, solutions: 6, labels: 0, alternatives: 0 },
  created_lines: 8,
  merged: 3,
  skipped: 1,
  rejected: 2,
  rejections: [
    { line: 3, reason: "This is not JSON." },
    { line: 8, reason: "The steps are empty." },
  ],
  more: 0,
  reasons: [
    { reason: "The line is not valid JSON: Expecting value at column …", count: 1, lines: [3] },
    { reason: "steps is empty.", count: 1, lines: [8] },
  ],
  rejected_kept: true,
  notes: [],
  unread: { license: 8, source: 1 },
  created_at: "2026-11-23T03:14:48.778148Z",
};

const NO_OVERLAP = { value: null, low: null, high: null, n: 0, undefined: "No solution has been labelled by two labelers." };

export const AGREEMENT: Agreement = {
  solutions: 0,
  unknown: 0,
  newest: 500,
  resamples: 500,
  measured_at: "2026-11-24T05:00:00Z",
  exact: NO_OVERLAP,
  within_one: NO_OVERLAP,
  alpha: NO_OVERLAP,
  kappa: NO_OVERLAP,
};
