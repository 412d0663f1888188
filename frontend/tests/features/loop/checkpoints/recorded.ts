/** A checkpoint's page, the loop and the champions as the real API told them, shortened. */

import type { Champion, Loop, OwnCheckpoint, OwnMeasures } from "@/features/loop/checkpoints/measures";

import { CHECKPOINT } from "../../../recorded";

const curve = (...means: number[]) =>
  means.map((mean, at) => ({ n: 2 ** at, mean, sd: 0.02, low: mean - 0.1, high: mean + 0.1, trials: null, problems: 25 }));
const CURVES = {
  best_of_n: curve(0.52, 0.68, 0.76),
  majority_vote: curve(0.52, 0.51, 0.8),
  weighted_vote: curve(0.52, 0.69, 0.82),
  oracle: curve(0.52, 0.74, 0.96),
};

const BEST_OF_N = { n: 4, problems: 25, accuracy: 0.76, majority_vote: 0.8, oracle: 0.96, pass_at_1: 0.525, curves: CURVES };
const FIRST_ERROR = {
  f1: 0.714,
  erroneous: 0.714,
  correct: 0.715,
  n_erroneous: 28,
  n_correct: 26,
  n: 54,
  n_unknown: 0,
  threshold: 0.313,
  tuned: true,
  intervals: { f1: [0.562, 0.85], erroneous: [0.52, 0.893], correct: [0.516, 0.9] },
};
const STEPS = {
  auc: 0.954,
  position_only: 0.565,
  n: 285,
  gain: { difference: 0.389, low: 0.273, high: 0.511, detectable: 0.166, problems: 24 },
  calibration: {
    ece: 0.058,
    ece_low: 0.036,
    ece_high: 0.084,
    problems: 24,
    n: 285,
    bins: [
      { low: 0, high: 0.1, n: 22, predicted: 0.014, correct: 0.091, correct_low: 0, correct_high: 0.286 },
      { low: 0.1, high: 0.2, n: 0, predicted: null, correct: null, correct_low: null, correct_high: null },
      { low: 0.9, high: 1, n: 263, predicted: 0.985, correct: 0.992, correct_low: 0.97, correct_high: 1 },
    ],
  },
};
const RIVAL = {
  best_of_n: { ...BEST_OF_N, accuracy: 0.68, curves: { ...CURVES, best_of_n: curve(0.52, 0.64, 0.68) } },
  first_error: { ...FIRST_ERROR, f1: 0.491, erroneous: 0.357, correct: 0.786, threshold: 0.5, tuned: false },
  steps: { ...STEPS, auc: 0.869 },
};

export const GATE = {
  best_of_n: BEST_OF_N,
  first_error: FIRST_ERROR,
  steps: STEPS,
  champion: 1,
  comparison: {
    best_of_n: { difference: 0.08, low: -0.031, high: 0.2, detectable: 0.158, problems: 25, n: 25, unit: "problems" },
    first_error: { difference: 0.223, low: 0.018, high: 0.446, detectable: 0.293, problems: 24, n: 54, unit: "solutions" },
    step_auc: { difference: 0.085, low: 0.012, high: 0.171, detectable: 0.114, problems: 24, n: 285, unit: "steps" },
  },
  beside: RIVAL,
} satisfies OwnMeasures;

export const TEST = {
  best_of_n: { ...BEST_OF_N, problems: 8, accuracy: 1 },
  first_error: { undefined: "No solution of this split has a label." },
  steps: { undefined: "No step of this split is rated." },
  champion: 1,
  comparison: { best_of_n: { difference: 0.25, low: -0.096, high: 0.625, detectable: 0.495, problems: 8, n: 8, unit: "problems" } },
  beside: { undefined: "There was no other champion to compare it with." },
} satisfies OwnMeasures;

export const OWN: OwnCheckpoint = {
  ...CHECKPOINT,
  measures: { gate: GATE, test: TEST },
  decision: {
    promoted: false,
    sentence: "Kept, not promoted: for a test.",
    margin: 0.05,
    verdicts: { best_of_n: "not_worse", first_error: "better" },
  },
  config: { seed: 3, base: "", threshold: 0.313 },
  report: { data_digest: "1dc499a8037fb73b919a04edd2e6cb5ca88fe8aeeb21528ea3346efe5786a8c1", seconds: 23.25 },
  metric: "best_of_n",
  margin: 0.05,
  champion: 1,
  measured_at: "2026-11-30T07:58:33.497507Z",
  seen: {
    labels: 203,
    solutions: 201,
    problems: 69,
    digest: "262dc05f58b2fde4d6b58fa9e32d3ff7644cec17236cdeb27b138a63f328ca07",
    by_source: { human: 150, imported: 53 },
    by_finish_reason: { found_error: 136, solution: 67 },
    by_generation: [
      { generation: null, labels: 53 },
      { generation: 1, labels: 150 },
    ],
  },
  orm: { undefined: "No outcome reward model of this project was evaluated yet." },
};

const NO_CHAMPION = { undefined: "There was no champion when this generation was launched." };
const share = (value: number, n: number) => ({ share: value, low: value - 0.1, high: value + 0.1, n, problems: n });

export const LOOP: Loop = {
  rounds: [
    {
      generation: 0,
      checkpoint: 1,
      champion: null,
      labels: 53,
      control: { n: 5, unknown: 0, items: 5, mistakes: share(0.8, 5), agreement: NO_CHAMPION },
      selected: { n: 48, unknown: 0, items: 48, mistakes: share(0.5, 48), agreement: NO_CHAMPION },
      best_of_n: CURVES.best_of_n[0]!,
      stability: { undefined: "No earlier generation made a checkpoint." },
    },
    {
      generation: 1,
      checkpoint: 2,
      champion: 1,
      labels: 103,
      control: { n: 8, unknown: 0, items: 9, mistakes: share(0.5, 8), agreement: share(0.625, 8) },
      selected: { n: 40, unknown: 0, items: 40, mistakes: share(0.8, 40), agreement: share(0.2, 40) },
      best_of_n: CURVES.best_of_n[1]!,
      stability: { previous: 1, kappa: 0.421, low: 0.267, high: 0.546, error: 0.042, agreed: 0.903, steps: 1334, problems: 25, f_bound: null },
    },
  ],
  stopping: {
    kappas: 1,
    window: 3,
    threshold: 0.99,
    mean: null,
    met: false,
    f_bound: null,
    sentence: "Can't be told yet: the criterion averages Cohen's kappa over 3 pairs.",
  },
};

export const CHAMPIONS: Champion[] = [
  { number: 1, before: 2, by: "olga", at: "2026-11-30T09:00:00Z", reason: "2 forgets fractions", again: true },
  { number: 2, before: 1, by: null, at: "2026-11-30T08:00:00Z", reason: "Promoted: better.", again: false },
  { number: 1, before: null, by: null, at: "2026-11-30T07:00:00Z", reason: "It is the project's first evaluated checkpoint.", again: false },
];
