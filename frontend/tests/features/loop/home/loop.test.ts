import { expect, test } from "vitest";

import { shareDone, standings, stopOf, type Stop } from "@/features/loop/home/loop";
import { nowSentence } from "@/features/loop/home/Loop";

import { FAILED, GENERATION, LABELING, PROGRESS } from "../../../recorded";

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

const during = (generation: typeof GENERATION | null, rest = {}) => ({ ...PROGRESS, generation, ...rest });

test("one sentence says where it is, how far, how fast and how long", () => {
  expect(nowSentence(during(GENERATION), null)).toBe("Generation 0 · training · 75 of 638 · 12% · 0.4/s · about 23 min left");
  expect(nowSentence(during(LABELING), null)).toBe("Generation 0 · labeling · People rate the batch: 121 of 132 items are done.");
});

const OPEN_AHEAD = { open: 20, leased: 1, done: 4, withdrawn: 0 };

test.each([
  [{ batch: null }, "No generation is under way. Launch the next one when you are ready."],
  [{ batch: OPEN_AHEAD }, /is rated already: 4 of 25 items/],
  [{ solutions: 0 }, "The loop begins with an import."],
  [{ grades: { right: 1, wrong: 1, unknown: 0, ungraded: 9 } }, "What came in is being graded."],
])("without a generation it says what is up: %j", (rest, sentence) => {
  expect(nowSentence(during(null, rest), null)).toMatch(sentence);
});

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
const pace = { passes: 20, seconds: 3600, undefined: null };

test.each([
  [{ earliest: inHours(2), likely: inHours(3), latest: inHours(5), ...pace }, "items are done · full in 2.0 h to 5.0 h"],
  [{ earliest: inHours(2), likely: inHours(3), latest: null, ...pace }, "full in 2.0 h at the earliest"],
  [{ earliest: inHours(2), likely: inHours(2), latest: inHours(2), ...pace }, "full in about 2.0 h"],
  [{ earliest: null, likely: null, latest: null, ...pace, undefined: "Too few passes." }, "items are done."],
])("in labeling it promises no more than the pace does: %j", (finish, end) => {
  expect(nowSentence(during(LABELING), finish)).toMatch(new RegExp(`${end}$`));
});

test("the bar shows the stage under way: its job, or the items that are done", () => {
  expect(shareDone(GENERATION)).toBeCloseTo(75 / 638);
  expect(shareDone(LABELING)).toBeCloseTo(121 / 132);
  expect([shareDone(null), shareDone({ ...LABELING, items: { open: 0, leased: 0, done: 0, withdrawn: 0 } })]).toEqual([null, null]);
});

test("a stop whose job runs says how far it is, and train the checkpoint that came of it", () => {
  const figure = (generation: typeof GENERATION) => standings(during(generation), null).find(({ stop }) => stop === "train")?.figure;
  expect(figure(GENERATION)).toBe("12%");
  expect(figure({ ...GENERATION, jobs: [], checkpoint: 3 })).toBe("checkpoint 3");
});
