import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { CheckpointsPage } from "@/features/loop/checkpoints/CheckpointsPage";

import { CHECKPOINT, OLGA, PROJECT, TRAINING_JOB } from "../../../recorded";
import { renderAs } from "../../../render";
import { Refused, serve } from "../../../server";
import { CHAMPIONS, LOOP } from "./recorded";

const FIRST = { promoted: true, sentence: "It is the project's first evaluated checkpoint.", margin: null, verdicts: null };
const OLDER = {
  ...CHECKPOINT,
  number: 1,
  is_champion: true,
  promoted_at: "2026-11-30T07:00:00Z",
  decision: FIRST,
  measures: { gate: { ...CHECKPOINT.measures.gate!, champion: null, comparison: {} } },
};
const LIST = "GET /projects/apples/checkpoints";
const PROMOTE = "POST /projects/apples/checkpoints/2/promote";
const TRAIN = "POST /projects/apples/checkpoints";

const shown = ({ operates = true, checkpoints = [CHECKPOINT, OLDER] as unknown[] } = {}) => {
  const server = serve({
    [LIST]: checkpoints,
    "GET /projects/apples": PROJECT,
    "GET /projects/apples/checkpoints/champions": CHAMPIONS,
    "GET /projects/apples/checkpoints/loop": LOOP,
    "GET /projects/apples/checkpoints/teachable": { labels: 233, unseen: 12, newest: 2 },
    [PROMOTE]: CHECKPOINT,
    [TRAIN]: CHECKPOINT,
  });
  renderAs(OLGA, <CheckpointsPage slug="apples" operates={operates} />);
  return server;
};

const row = async (number: number) => within(await screen.findByRole("row", { name: `Checkpoint ${number}` }));

test("who selects now is said first", async () => {
  shown();
  expect(await screen.findByText(/is the champion: it selects what people label/)).toHaveTextContent("Checkpoint 1 is the champion");
});

test("each stands in one row: its best-of-N with interval and n, and the gain on the champion it met", async () => {
  shown();
  const newest = await row(2);
  expect(newest.getByText("71.0%")).toBeVisible();
  expect(newest.getByText("95% 62.0% to 80.0%")).toBeVisible();
  expect(newest.getByText("N = 32, 90 problems")).toBeVisible();
  expect(newest.getByText("+2.2 points against 1: not worse by 5 points or more")).toBeVisible();
  expect(newest.getByText("95% −1.0 to +5.5, 90 problems")).toBeVisible();
  expect(newest.getByText("could have shown 4.7 points")).toBeVisible();
  expect(newest.getByRole("link", { name: "Checkpoint 2" })).toHaveAttribute("href", "/p/apples/checkpoints/2");
});

test("what was evaluated before its interval was measured shows the value alone", async () => {
  const gate = {
    ...CHECKPOINT.measures.gate!,
    first_error: {
      f1: 0.5,
      erroneous: 0.5,
      correct: 0.5,
      n_erroneous: 3,
      n_correct: 3,
      n: 6,
      n_unknown: 2,
      threshold: 0.5,
      tuned: false,
      intervals: null,
    },
  };
  shown({ checkpoints: [{ ...CHECKPOINT, measures: { gate } }] });
  expect((await row(2)).getByText("0.500")).toBeVisible();
  expect((await row(2)).getByText("6 solutions; 2 unsure left out")).toBeVisible();
});

test("beside first-error F1 stand step AUC and the threshold", async () => {
  const gate = {
    ...CHECKPOINT.measures.gate!,
    first_error: {
      f1: 0.6,
      erroneous: 0.6,
      correct: 0.6,
      n_erroneous: 3,
      n_correct: 3,
      n: 6,
      n_unknown: 0,
      threshold: 0.313,
      tuned: true,
      intervals: null,
    },
  };
  shown({ checkpoints: [{ ...CHECKPOINT, measures: { gate } }] });
  expect((await row(2)).getByText("step AUC 0.861")).toBeVisible();
  expect((await row(2)).getByText("threshold 0.313, tuned")).toBeVisible();
});

test.each([
  ["better", "better"],
  ["not_worse", "not worse by 5 points or more"],
  ["undecided", "not shown to lose less than 5 points"],
  ["too_few", "too few to show that it loses less than 5 points"],
  ["worse", "worse"],
] as const)("a measure that is %s on gate says so at its margin", async (verdict, words) => {
  shown({ checkpoints: [{ ...CHECKPOINT, decision: { ...CHECKPOINT.decision, verdicts: { best_of_n: verdict } } }] });
  expect((await row(2)).getByText(`+2.2 points against 1: ${words}`)).toBeVisible();
});

test("what cannot be told says why, and the first had nobody to be compared with", async () => {
  shown();
  expect((await row(2)).getByText("No solution of this split has a label.")).toBeVisible();
  expect((await row(1)).getByText("there was no champion to compare it with")).toBeVisible();
});

test("the differences are a figure with the margin, and their table holds both ends and what could have been shown", async () => {
  shown();
  const figure = within(await screen.findByRole("figure", { name: "Is it better than the champion, by how much, how sure" }));
  expect(figure.getByText(/lies right of −5 points as a whole; a promotion asks that of best-of-N/)).toBeVisible();
  await userEvent.click(figure.getByText("Table"));
  expect(figure.getAllByRole("row").map((each) => each.textContent)[1]).toBe(
    "21Best-of-NGate+2.2 points−1.0 points+5.5 points4.7 points90problemsnot worse by 5 points or more",
  );
  await userEvent.click(screen.getByRole("radio", { name: "First-error F1" }));
  expect(await screen.findByText(/No checkpoint met a champion on this measure yet/)).toBeVisible();
});

test("promoting asks for a reason and sends it", async () => {
  const server = shown();
  await userEvent.click((await row(2)).getByRole("button", { name: "Promote …" }));
  await userEvent.type(await screen.findByLabelText("Why?"), "It finds more mistakes{Enter}");
  await waitFor(() => expect(server.bodies(PROMOTE)).toEqual([{ reason: "It finds more mistakes" }]));
});

test("a promotion that is refused says so", async () => {
  const server = shown();
  server.answer(PROMOTE, new Refused(409, "not_ready", "The checkpoint isn't trained and evaluated yet."));
  await userEvent.click(await screen.findByRole("button", { name: "Promote …" }));
  await userEvent.type(await screen.findByLabelText("Why?"), "Because{Enter}");
  expect(await screen.findByText("The checkpoint isn't trained and evaluated yet.")).toBeVisible();
});

test("a reviewer looks, and neither promotes nor trains", async () => {
  shown({ operates: false });
  await row(2);
  expect(screen.queryByRole("button", { name: /Promote|Roll back|Train/ })).toBeNull();
});

test("a former champion is rolled back to, newer or older, and the champion itself is not promoted", async () => {
  const was = { promoted_at: "2026-11-30T07:00:00Z", is_champion: false };
  shown({
    checkpoints: [
      { ...CHECKPOINT, ...was, number: 3 },
      { ...CHECKPOINT, is_champion: true },
      { ...OLDER, ...was },
    ],
  });
  expect((await row(1)).getByRole("button", { name: "Roll back to this …" })).toBeVisible();
  expect((await row(3)).getByRole("button", { name: "Roll back to this …" })).toBeVisible();
  expect((await row(2)).queryByRole("button")).toBeNull();
});

test("an older one that was never champion is promoted: there is nothing to roll back to", async () => {
  shown({
    checkpoints: [
      { ...CHECKPOINT, is_champion: true },
      { ...OLDER, is_champion: false, promoted_at: null },
    ],
  });
  expect((await row(1)).getByRole("button", { name: "Promote …" })).toBeVisible();
  expect(screen.queryByRole("button", { name: /Roll back/ })).toBeNull();
});

test("an outcome reward model never selects", async () => {
  shown({ checkpoints: [{ ...CHECKPOINT, number: 3, kind: "orm" }, OLDER] });
  expect((await row(3)).queryByRole("button")).toBeNull();
  expect((await row(3)).getByText("Outcome reward model")).toBeVisible();
});

test("one in training shows how far it is, and is not promoted", async () => {
  shown({ checkpoints: [{ ...CHECKPOINT, state: "training", measures: {}, decision: {}, jobs: [TRAINING_JOB] }] });
  expect(await screen.findByText("75 of 638 · 12% · 0.4/s · about 23 min left")).toBeVisible();
  expect((await row(2)).getByText("not measured yet")).toBeVisible();
  expect(screen.queryByRole("button", { name: /Promote/ })).toBeNull();
});

test("one whose training failed says why, and outside of a generation is tried again", async () => {
  const job = { ...TRAINING_JOB, state: "failed", message: "The disk is full." };
  const server = shown({ checkpoints: [{ ...CHECKPOINT, generation: null, state: "failed", measures: {}, decision: {}, jobs: [job] }] });
  const retry = `POST /projects/apples/jobs/${job.id}/retry`;
  server.answer(retry, job);
  expect(await screen.findByText("Train: The disk is full.")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(server.bodies(retry)).toHaveLength(1));
});

test("one of a generation is tried again by its generation", async () => {
  shown({ checkpoints: [{ ...CHECKPOINT, state: "failed", jobs: [{ ...TRAINING_JOB, state: "failed", message: "The disk is full." }] }] });
  expect(await screen.findByText("Train: The disk is full.")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
});

test("training by hand says with how many labels, and how many are new, before it begins", async () => {
  const server = shown();
  expect(await screen.findByText("233 eligible labels, 12 new")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Train one by hand" }));
  expect(await screen.findByText(/learns from 233 eligible labels.*12 of them are new since checkpoint 2/)).toBeVisible();
  expect(server.bodies(TRAIN)).toEqual([]);
  await userEvent.click(screen.getByRole("button", { name: "Train" }));
  await waitFor(() => expect(server.bodies(TRAIN)).toEqual([{ kind: "prm" }]));
});

test("training by hand is refused in the server's words", async () => {
  const server = shown();
  server.answer(TRAIN, new Refused(409, "nothing_to_train", "No eligible label is there yet."));
  await userEvent.click(await screen.findByRole("button", { name: "Train one by hand" }));
  await userEvent.click(await screen.findByRole("button", { name: "Train" }));
  expect(await screen.findByText("No eligible label is there yet.")).toBeVisible();
});

test("without an eligible label nothing is trained, and it says why", async () => {
  const server = shown();
  server.answer("GET /projects/apples/checkpoints/teachable", { labels: 0, unseen: 0, newest: null });
  expect(await screen.findByText("no eligible label yet")).toBeVisible();
  expect(screen.getByRole("button", { name: "Train one by hand" })).toBeDisabled();
});

test("where gate can't measure what decides, the other measure is told by its name", async () => {
  const { best_of_n: measured } = CHECKPOINT.measures.gate!.comparison;
  const gate = { ...CHECKPOINT.measures.gate!, comparison: { first_error: measured } };
  shown({ checkpoints: [{ ...CHECKPOINT, measures: { gate }, decision: { ...CHECKPOINT.decision, verdicts: { first_error: "better" } } }] });
  expect((await row(2)).getByText("+2.2 points on first-error F1 against 1: better")).toBeVisible();
});

test("while one trained by hand is in training, no second is begun", async () => {
  shown({ checkpoints: [{ ...CHECKPOINT, generation: null, state: "training", measures: {}, decision: {}, jobs: [TRAINING_JOB] }] });
  await waitFor(() => expect(screen.getByRole("button", { name: "Train one by hand" })).toBeDisabled());
});

test("the champions so far say who put whom in whose place, when and why", async () => {
  shown();
  const history = within(await screen.findByRole("table", { name: "Champions so far" }));
  const told = history.getAllByRole("row").map((each) => each.textContent);
  expect(told[1]).toContain("Checkpoint 1rolled back toCheckpoint 2");
  expect(told[1]).toContain("olga2 forgets fractions");
  expect(told[3]).toContain("the loop, or the command lineIt is the project's first");
});

test("the learning curve puts the control beside what was selected, each with n, or why it has no value", async () => {
  shown();
  const figure = within(await screen.findByRole("figure", { name: "The champion names the labelers' first mistake" }));
  await userEvent.click(figure.getByText("Table"));
  expect(
    figure
      .getAllByRole("row")
      .slice(1)
      .map((each) => each.textContent),
  ).toEqual([
    "0control, the whole pool–1–––55–There was no champion when this generation was launched.",
    "0selected by the rule–1–––4848–There was no champion when this generation was launched.",
    "1control, the whole pool1262.5%52.5%72.5%898–",
    "1selected by the rule1220.0%10.0%30.0%404040–",
  ]);
  expect(figure.getByRole("link", { name: "5" })).toHaveAttribute("href", "/p/apples/solutions?generation=0&stratum=control");
});

test("the stopping hint names its criterion and says what it makes of the rounds", async () => {
  shown();
  expect(await screen.findByText("Too early to say whether more labels pay")).toBeVisible();
  expect(screen.getByText(/stabilising predictions \(Bloodgood and Vijay-Shanker, CoNLL 2009\)/)).toBeVisible();
});

test("once the criterion is met, the hint says so", async () => {
  const server = shown();
  server.answer("GET /projects/apples/checkpoints/loop", {
    ...LOOP,
    stopping: { ...LOOP.stopping, mean: 0.995, met: true, sentence: "More labels hardly pay." },
  });
  expect(await screen.findByText("More labels of this kind hardly pay any more")).toBeVisible();
});

test("without a checkpoint the page says when there will be one", async () => {
  shown({ checkpoints: [] });
  expect(await screen.findByText(/One is trained when a generation closes/)).toBeVisible();
});

test("a list that cannot be read says so and offers another look", async () => {
  const server = shown();
  server.answer(LIST, new Refused(500, "broken", "It broke."));
  expect(await screen.findByRole("button", { name: "Try again" })).toBeVisible();
});
