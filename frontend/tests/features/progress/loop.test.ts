import { expect, test } from "vitest";

import { standings, stopOf, type Stop } from "@/features/progress/loop";
import { nowSentence } from "@/features/progress/Loop";

import { FAILED, GENERATION, LABELING, PROGRESS } from "../../recorded";

const state = (stop: Stop, progress = PROGRESS) => standings(progress, 1).find((each) => each.stop === stop)?.state;

test("in training what came before is done, what comes after is to come", () => {
  expect([state("label"), state("train"), state("evaluate")]).toEqual(["done", "now", "ahead"]);
});

test("without a generation the loop rests behind import and grade", () => {
  const resting = { ...PROGRESS, generation: null };
  expect([state("import", resting), state("grade", resting), state("score", resting)]).toEqual(["done", "done", "idle"]);
});

test("answers that are not graded yet show at the stop that grades them", () => {
  const grading = { ...PROGRESS, grades: { right: 1, wrong: 1, unknown: 0, ungraded: 9 } };
  expect(state("grade", grading)).toBe("now");
});

test("a failed generation stands where it failed", () => {
  expect(stopOf(FAILED)).toBe("train");
  expect(state("train", { ...PROGRESS, generation: FAILED })).toBe("failed");
});

test("the label stop counts what is done of what is still wanted", () => {
  const figures = standings({ ...PROGRESS, generation: LABELING }, null);
  expect(figures.find(({ stop }) => stop === "label")?.figure).toBe("121 of 132");
});

test("one sentence says where it is, how far, how fast and how long", () => {
  expect(nowSentence(GENERATION)).toBe("Generation 0 · training · 75 of 638 · 12% · 0.4/s · about 23 min left");
  expect(nowSentence(LABELING)).toBe("Generation 0 · labeling · People rate the batch: 121 of 132 items are done.");
  expect(nowSentence(null)).toBe("No generation is under way.");
});
