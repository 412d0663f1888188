import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { CheckpointsPage } from "@/features/checkpoints/CheckpointsPage";

import { CHECKPOINT, OLGA, PROJECT, TRAINING_JOB } from "../../recorded";
import { renderAs } from "../../render";
import { Refused, serve } from "../../server";

const OLDER = { ...CHECKPOINT, number: 1, is_champion: true, decision: { promoted: true, sentence: "It is the project's first evaluated checkpoint.", margin: null, verdicts: null }, measures: {} };
const PROMOTE = "POST /projects/apples/checkpoints/2/promote";

const shown = (operates = true) => {
  const server = serve({
    "GET /projects/apples/checkpoints": [CHECKPOINT, OLDER],
    "GET /projects/apples": PROJECT,
    [PROMOTE]: CHECKPOINT,
  });
  renderAs(OLGA, <CheckpointsPage slug="apples" operates={operates} />);
  return server;
};

test("what was decided is told in the server's words", async () => {
  shown();
  expect(await screen.findByText(/Promoted: not worse than the champion by 5 points or more/)).toBeVisible();
});

test.each([
  ["better", "better"],
  ["not_worse", "not worse by 5 points or more"],
  ["undecided", "not shown to lose less than 5 points"],
  ["too_few", "too few to show that it loses less than 5 points"],
  ["worse", "worse"],
] as const)("a measure that is %s on gate says so at its margin", async (verdict, words) => {
  const server = shown();
  server.answer("GET /projects/apples/checkpoints", [{ ...CHECKPOINT, decision: { ...CHECKPOINT.decision, verdicts: { best_of_n: verdict } } }]);
  expect(await screen.findByText(`+2.2 points (95% −1.0 to +5.5), could have shown 4.7 points: ${words}`)).toBeVisible();
});

test("on test problems nothing is ruled", async () => {
  const server = shown();
  server.answer("GET /projects/apples/checkpoints", [{ ...CHECKPOINT, measures: { test: CHECKPOINT.measures.gate } }]);
  expect(await screen.findByText("+2.2 points (95% −1.0 to +5.5), could have shown 4.7 points")).toBeVisible();
});

test("best-of-N stands beside majority voting, with its interval and its n", async () => {
  shown();
  const row = within((await screen.findByText("Best-of-32 accuracy")).closest("tr")!);
  expect(row.getByText("71.0%")).toBeVisible();
  expect(row.getByText(/majority voting 74.0%/)).toBeVisible();
  expect(row.getByText(/\+2.2 points \(95% −1.0 to \+5.5\), could have shown 4.7 points/)).toBeVisible();
  expect(row.getByText("90 problems")).toBeVisible();
});

test("step AUC stands beside the position-only baseline", async () => {
  shown();
  expect(await screen.findByText(/position only 0.742, gain over position \+0.119 \(95% \+0.080 to \+0.160\)/)).toBeVisible();
});

test("what cannot be told says why", async () => {
  shown();
  expect(await screen.findByText("undefined: No solution of this split has a label.")).toBeVisible();
});

test("promoting asks for a reason and sends it", async () => {
  const server = shown();
  await userEvent.click(await screen.findByRole("button", { name: "Promote …" }));
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

test("a reviewer looks and does not promote", async () => {
  shown(false);
  await screen.findByText("Best-of-32 accuracy");
  expect(screen.queryByRole("button", { name: /Promote|Train/ })).toBeNull();
});

test("what it was compared with is named by its number, since another may be champion now", async () => {
  shown();
  expect((await screen.findAllByRole("columnheader", { name: "Against checkpoint 1" })).length).toBeGreaterThan(0);
});

test("without a checkpoint the page says when there will be one", async () => {
  const server = shown();
  server.answer("GET /projects/apples/checkpoints", []);
  expect(await screen.findByText(/One is trained when a generation closes/)).toBeVisible();
});

test("an older one is rolled back to, the champion itself is not promoted", async () => {
  const server = shown();
  server.answer("GET /projects/apples/checkpoints", [{ ...CHECKPOINT, is_champion: true }, { ...OLDER, is_champion: false }]);
  expect(await screen.findByRole("button", { name: "Roll back to this …" })).toBeVisible();
  expect(screen.queryByRole("button", { name: "Promote …" })).toBeNull();
});

test("one in training shows how far it is, and is not promoted", async () => {
  const server = shown();
  server.answer("GET /projects/apples/checkpoints", [{ ...CHECKPOINT, state: "training", measures: {}, decision: {}, jobs: [TRAINING_JOB] }]);
  expect(await screen.findByText("75 of 638 · 12% · 0.4/s · about 23 min left")).toBeVisible();
  expect(screen.getByText("Measured after training.")).toBeVisible();
  expect(screen.queryByRole("button", { name: /Promote/ })).toBeNull();
});

test("one whose training failed says why", async () => {
  const server = shown();
  const job = { ...TRAINING_JOB, state: "failed", message: "The disk is full." };
  server.answer("GET /projects/apples/checkpoints", [{ ...CHECKPOINT, state: "failed", measures: {}, decision: {}, jobs: [job] }]);
  expect(await screen.findByText("Train: The disk is full.")).toBeVisible();
  expect(screen.queryByText("Measured after training.")).toBeNull();
});

test("training by hand is refused in the server's words", async () => {
  const server = shown();
  server.answer("POST /projects/apples/checkpoints", new Refused(409, "nothing_to_train", "No eligible label is there yet."));
  await userEvent.click(await screen.findByRole("button", { name: "Train one by hand" }));
  expect(await screen.findByText("No eligible label is there yet.")).toBeVisible();
  expect(server.bodies("POST /projects/apples/checkpoints")).toEqual([{ kind: "prm" }]);
});
