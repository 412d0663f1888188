/** A watch as the real API answers, shortened. */

import type { Estimate, Lease, Watch } from "@/features/loop/generations/queries";

export const ANNS = "dca8d58e-10b5-4ba3-a43b-ebad55f8c396";
const NOW = "2026-11-23T06:00:00Z";
const HALF: Estimate = { n: 4, value: 0.5, low: 0.15, high: 0.85, undefined: null };
const part = (value: number): Estimate => ({ ...HALF, value });
const UNPRICED: Estimate = {
  n: 4,
  value: null,
  low: null,
  high: null,
  undefined: "The project's settings don't say yet what an hour of labeling costs, and in which currency.",
};

export const LEASE: Lease = {
  assignment: 88,
  labeler: ANNS,
  username: "ann",
  solution_id: 7001,
  solution: "p1-s1",
  problem: "What is 2 + 2?",
  leased_at: "2026-11-23T05:50:00Z",
  expires_at: "2026-11-23T06:20:00Z",
};

export const WATCH: Watch = {
  at: NOW,
  timeline: [
    { stage: "launched", at: "2026-11-23T03:00:00Z", reach: "reached" },
    { stage: "selected", at: "2026-11-23T03:01:00Z", reach: "reached" },
    { stage: "labeling", at: "2026-11-23T03:01:00Z", reach: "reached" },
    { stage: "full", at: null, reach: "to_come" },
    { stage: "training", at: null, reach: "to_come" },
    { stage: "evaluated", at: null, reach: "to_come" },
    { stage: "closed", at: null, reach: "to_come" },
  ],
  burndown: {
    left: 11,
    made: 121,
    points: [
      { at: "2026-11-23T03:01:00Z", left: 132, passes: 0 },
      { at: NOW, left: 11, passes: 121 },
    ],
    finish: {
      earliest: "2026-11-23T06:10:00Z",
      likely: "2026-11-23T06:20:00Z",
      latest: "2026-11-23T06:40:00Z",
      passes: 121,
      seconds: 10_800,
      undefined: null,
    },
    undefined: null,
  },
  people: [
    { labeler: ANNS, username: "ann", simulated: false, passes: 100, found_error: 40, mean_ms: 108_000, leases: 1, last_at: "2026-11-23T05:55:00Z" },
    {
      labeler: "00aa58e0-10b5-4ba3-a43b-ebad55f8c396",
      username: null,
      simulated: true,
      passes: 21,
      found_error: 1,
      mean_ms: null,
      leases: 0,
      last_at: "2026-11-23T04:00:00Z",
    },
  ],
  leases: [LEASE],
  leased: 1,
  composition: [
    { stratum: "uniform", planned: 120, items: 120, done: 110, withdrawn: 0, right: 70, wrong: 50 },
    { stratum: "gate", planned: 20, items: 12, done: 11, withdrawn: 1, right: 6, wrong: 6 },
  ],
  mix: [
    { finish_reason: "found_error", count: 2, share: HALF },
    { finish_reason: "solution", count: 1, share: part(0.25) },
    { finish_reason: "bad_problem", count: 0, share: part(0) },
    { finish_reason: "give_up", count: 1, share: part(0.25) },
  ],
  mistakes: {
    n: 2,
    steps: [
      { step: 1, count: 0 },
      { step: 2, count: 2 },
    ],
    tenths: [{ tenth: 7, count: 2 }],
    undefined: null,
  },
  times: { per_pass: { ...HALF, value: 108_000, low: 60_000, high: 150_000 }, per_step: { ...HALF, value: 12_400, low: null, high: null } },
  reasons: [{ finish_reason: "give_up", reason: "Too hard.", count: 1 }],
  cost: {
    ms: 432_000,
    time_per_label: { ...HALF, value: 144_000 },
    time_per_error: { ...HALF, value: 216_000 },
    currency: null,
    total: null,
    per_label: UNPRICED,
    per_error: UNPRICED,
  },
};
