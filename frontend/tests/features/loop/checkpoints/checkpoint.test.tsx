import { cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { CheckpointPage } from "@/features/loop/checkpoints/checkpoint/CheckpointPage";
import type { OwnCheckpoint } from "@/features/loop/checkpoints/measures";

import { CHECKPOINT, OLGA, TRAINING_JOB } from "../../../recorded";
import { renderAs } from "../../../render";
import { Refused, serve } from "../../../server";
import { GATE, OWN } from "./recorded";

const OWN_PAGE = "GET /projects/apples/checkpoints/2";
const ORM = "POST /projects/apples/checkpoints/2/orm";
const AGAIN = "POST /projects/apples/checkpoints/2/evaluation";
const PROMOTE = "POST /projects/apples/checkpoints/2/promote";

const shown = (changed: Partial<OwnCheckpoint> = {}, operates = true) => {
  const server = serve({
    [OWN_PAGE]: { ...OWN, ...changed },
    "GET /projects/apples/checkpoints": [CHECKPOINT],
    [ORM]: CHECKPOINT,
    [AGAIN]: CHECKPOINT,
    [PROMOTE]: CHECKPOINT,
  });
  renderAs(OLGA, <CheckpointPage slug="apples" number={2} operates={operates} />);
  return server;
};

const answer = async () => within(await screen.findByRole("region", { name: "Is it better than the champion?" }));

test("it answers first whether it is better, by how much, how sure, and what could have been shown", async () => {
  shown();
  const told = await answer();
  expect(told.getByRole("heading", { name: "Not worse than checkpoint 1 by 5 points or more" })).toBeVisible();
  expect(
    told.getByText(
      "By how much: +8.0 points on best-of-4 accuracy. How sure: 95% −3.1 to +20.0, on 25 problems, paired. A true difference of 15.8 points or more, this set would have shown four times out of five.",
    ),
  ).toBeVisible();
  expect(told.getByText("What was decided: Kept, not promoted: for a test.")).toBeVisible();
});

test.each([
  ["better", "Better than checkpoint 1"],
  ["undecided", "Undecided: it may lose 5 points or more to checkpoint 1"],
  ["too_few", "Too few gate problems to tell it from checkpoint 1"],
  ["worse", "Worse than checkpoint 1"],
] as const)("one that is %s says so in its headline", async (verdict, headline) => {
  shown({ decision: { ...OWN.decision, verdicts: { best_of_n: verdict } } });
  expect((await answer()).getByRole("heading", { name: headline })).toBeVisible();
});

test("where gate can't measure what decides, the other measure answers", async () => {
  shown({ measures: { gate: { ...GATE, comparison: { first_error: GATE.comparison.first_error } } } });
  const told = await answer();
  expect(told.getByRole("heading", { name: "Better than checkpoint 1" })).toBeVisible();
  expect(told.getByText(/By how much: \+22.3 points on first-error F1/)).toBeVisible();
});

test.each([
  [
    { decision: { promoted: null, sentence: null, margin: null, verdicts: null } },
    "Measured beside checkpoint 1, before the rule spoke of it: measure it again",
  ],
  [{ state: "training", measures: {} }, "In training: it is measured afterwards"],
  [{ state: "failed", measures: {} }, "Its training or its measuring failed"],
  [{ kind: "orm" }, "Measured beside the champion; an outcome reward model never selects"],
  [{ measures: { gate: { ...GATE, champion: null, comparison: {} } } }, "The first champion: there was none to compare it with"],
  [{ measures: { gate: { ...GATE, comparison: {} } } }, "No gate problem could compare it with the champion"],
] as const)("without a comparison it says why: %#", async (changed, headline) => {
  shown(changed);
  expect((await answer()).getByRole("heading", { name: headline })).toBeVisible();
});

test("gate and test stand beside each other in the figure, and test is said to decide nothing", async () => {
  shown();
  const told = await answer();
  expect(told.getByText(/Test is reported and decides nothing/)).toBeVisible();
  await userEvent.click(told.getByText("Table"));
  const rows = told.getAllByRole("row").map((each) => each.textContent);
  expect(rows).toHaveLength(4);
  expect(rows[3]).toBe("21Best-of-NTest+25.0 points−9.6 points+62.5 points49.5 points8problems––");
});

test("one that met another champion than that of now says whom, and to measure it again", async () => {
  shown({ champion: 7 });
  expect(await screen.findByText(/It met checkpoint 1, the champion of that day; checkpoint 7 is champion now/)).toBeVisible();
});

test("its measures stand beside those of the one it met, with intervals, and step AUC beside the position alone", async () => {
  shown();
  const gate = within(await screen.findByRole("table", { name: "Gate problems: they decide promotions" }));
  const row = (name: string) => gate.getByRole("rowheader", { name }).closest("tr")!.textContent;
  expect(row("Best-of-4 accuracy")).toBe("Best-of-4 accuracy76.0%95% 66.0% to 86.0%68.0%95% 58.0% to 78.0%+8.0 points95% −3.1 to +20.025 problems");
  expect(row("First-error F1")).toBe("First-error F10.71495% 0.562 to 0.8500.49195% 0.562 to 0.850+22.3 points95% +1.8 to +44.654 solutions");
  expect(row("a step below this P(correct) is the mistake")).toBe("a step below this P(correct) is the mistake0.313tuned0.500untuned––");
  expect(row("Step AUC")).toBe("Step AUC0.9540.869+8.5 points95% +1.2 to +17.1285 steps");
  expect(row("knowing a step's position alone")).toContain("0.565");
  expect(row("Calibration error (ECE)")).toContain("0.05895% 0.036 to 0.084");
  const test = within(screen.getByRole("table", { name: "Test problems: reported, they decide nothing" }));
  expect(test.getByText("undefined: No solution of this split has a label.")).toBeVisible();
});

test("the best-of-N figure holds every line with its band, the possible best when it is asked for", async () => {
  shown({ orm: { number: 5, same_labels: true, problems: 25, curve: GATE.best_of_n.curves.best_of_n } });
  const figure = within(await screen.findByRole("figure", { name: "Best-of-N on gate problems" }));
  await userEvent.click(figure.getByText("Table"));
  const lines = () =>
    new Set(
      figure
        .getAllByRole("row")
        .slice(1)
        .map((each) => each.firstElementChild?.textContent),
    );
  expect(lines()).toEqual(new Set(["checkpoint 2", "checkpoint 1", "outcome model 5", "majority voting"]));
  expect(figure.getAllByRole("row")[3]).toHaveTextContent("checkpoint 2476.0%66.0%86.0%25");
  await userEvent.click(screen.getByRole("switch", { name: /any attempt right/ }));
  expect(lines()).toContain("any attempt right");
});

test("an outcome reward model is trained on the same labels where there is none", async () => {
  const server = shown();
  await userEvent.click(await screen.findByRole("button", { name: "Train one on the same labels" }));
  await waitFor(() => expect(server.bodies(ORM)).toHaveLength(1));
});

test("one of other labels is drawn and named as no fair comparison", async () => {
  shown({ orm: { number: 5, same_labels: false, problems: 25, curve: GATE.best_of_n.curves.best_of_n } });
  expect(await screen.findByText("Outcome reward model 5 saw other labels: their curves are no fair comparison.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Train one on the same labels" })).toBeVisible();
});

test("while one is in training it is linked to, and no second is begun", async () => {
  const server = shown();
  server.answer("GET /projects/apples/checkpoints", [{ ...CHECKPOINT, number: 9, kind: "orm", state: "training" }]);
  expect(await screen.findByRole("link", { name: "Outcome reward model 9 is in training." })).toHaveAttribute("href", "/p/apples/checkpoints/9");
  expect(screen.queryByRole("button", { name: /Train one/ })).toBeNull();
});

test("calibration says its error with its interval; its table leaves out empty bins", async () => {
  shown();
  const figure = within(await screen.findByRole("figure", { name: "Calibration on gate problems" }));
  expect(figure.getByText(/Expected calibration error 0.058 \(95% 0.036 to 0.084\) on 285 steps/)).toBeVisible();
  await userEvent.click(figure.getByText("Table"));
  expect(
    figure
      .getAllByRole("row")
      .slice(1)
      .map((each) => each.textContent),
  ).toEqual(["0%10%0.0149.1%0.0%28.6%22", "90%100%0.98599.2%97.0%100.0%263"]);
});

test("the curves of the test problems are a switch away, undefined where nobody rated them", async () => {
  shown();
  await userEvent.click(await screen.findByRole("radio", { name: /Test problems/ }));
  expect(await screen.findByRole("figure", { name: "Best-of-N on test problems" })).toBeVisible();
  const calibration = screen.getByRole("figure", { name: "Calibration on test problems" });
  expect(calibration).toHaveTextContent("undefined: No step of this split is rated.");
});

test("what it saw: labels by source, finish reason and generation, and which ones exactly", async () => {
  shown();
  expect(await screen.findByText("203 labels on 201 solutions of 69 problems.")).toBeVisible();
  const rows = (name: string) =>
    within(screen.getByRole("table", { name }))
      .getAllByRole("row")
      .slice(1)
      .map((each) => each.textContent);
  expect(rows("By source")).toEqual(["People150 (74%)", "Imported53 (26%)"]);
  expect(rows("By finish reason")).toEqual(["Mistake found136 (67%)", "No mistake67 (33%)"]);
  expect(rows("By generation")).toEqual(["Outside of any53 (26%)", "Generation 1150 (74%)"]);
  expect(screen.getByRole("link", { name: "Generation 1" })).toHaveAttribute("href", "/p/apples/generations/1");
  expect(screen.getByRole("button", { name: "Copy 262dc05f58b2" })).toBeVisible();
});

test("what was evaluated before says what to do, and measuring again is asked for", async () => {
  const server = shown({ seen: { undefined: "Evaluated before this was measured: measure it again." } });
  expect(await screen.findByText("undefined: Evaluated before this was measured: measure it again.")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Measure again" }));
  await waitFor(() => expect(server.bodies(AGAIN)).toHaveLength(1));
});

test("it links to the solutions it scored, and shows every knob of its training", async () => {
  shown();
  expect(await screen.findByRole("link", { name: "Solutions it scored" })).toHaveAttribute("href", "/p/apples/solutions?checkpoint=2");
  await userEvent.click(screen.getByText("Config"));
  expect(within(screen.getByRole("table", { name: "Config" })).getByRole("row", { name: "threshold 0.313" })).toBeVisible();
});

test("it says its threshold, how that was found, and on how many solutions with a mistake and without", async () => {
  shown();
  expect(await screen.findByText(/0.313, tuned on 203 training solutions \(120 with a mistake, 83 without\)/)).toBeVisible();
});

test("where first-error F1 decides, step AUC stands beside it", async () => {
  shown({ metric: "first_error" });
  const told = await answer();
  expect(told.getByText(/on first-error F1/)).toHaveTextContent(
    "Step AUC, at no threshold: 0.954; the champion's 0.869; +8.5 points (95% +1.2 to +17.1).",
  );
  await userEvent.click(told.getByText("Table"));
  expect(told.getByRole("columnheader", { name: "Step AUC beside it (points)" })).toBeVisible();
  expect(told.getAllByRole("row").map((each) => each.textContent)).toContainEqual(expect.stringMatching(/^21First-error F1Gate.*\+8.5 points$/));
});

test("it is promoted with a reason", async () => {
  const server = shown();
  await userEvent.click(await screen.findByRole("button", { name: "Promote …" }));
  await userEvent.type(await screen.findByLabelText("Why?"), "It finds more mistakes{Enter}");
  await waitFor(() => expect(server.bodies(PROMOTE)).toEqual([{ reason: "It finds more mistakes" }]));
});

test("an older one that was never champion is not rolled back to, a former champion is", async () => {
  shown({ champion: 3 });
  expect(await screen.findByRole("button", { name: "Promote …" })).toBeVisible();
  cleanup();
  shown({ champion: 1, promoted_at: "2026-11-30T07:00:00Z" });
  expect(await screen.findByRole("button", { name: "Roll back to this …" })).toBeVisible();
});

test("a reviewer looks at it and acts on nothing", async () => {
  shown({}, false);
  await answer();
  expect(screen.queryByRole("button", { name: /Promote|Measure again|Train one/ })).toBeNull();
});

test("what runs of it shows how far it is", async () => {
  shown({ state: "training", measures: {}, jobs: [TRAINING_JOB] });
  expect(await screen.findByText("75 of 638 · 12% · 0.4/s · about 23 min left")).toBeVisible();
});

test("one that is not there says so", async () => {
  const server = serve({ [OWN_PAGE]: new Refused(404, "absent", "There is no checkpoint 2.") });
  renderAs(OLGA, <CheckpointPage slug="apples" number={2} operates />);
  expect(await screen.findByText("There is no checkpoint 2.")).toBeVisible();
  expect(server.asked.length).toBeGreaterThan(0);
});

const SCORES = "POST /projects/apples/checkpoints/2/scores";

test.each(["ready", "failed"] as const)("one of imported scores that is %s gives what it lacks, and takes more", async (state) => {
  const server = shown({ source: "imported", name: "elsewhere", state, labels: 0 });
  server.answer(SCORES, CHECKPOINT);
  const missing = await screen.findByRole("link", { name: "Download what it has not scored" });
  expect(missing).toHaveAttribute("href", "/api/v1/projects/apples/checkpoints/2/scores");
  await userEvent.click(screen.getByRole("button", { name: "Add scores …" }));
  const dialog = within(await screen.findByRole("dialog"));
  expect(dialog.getByRole("button", { name: "Add and measure" })).toBeDisabled();
  await userEvent.upload(document.querySelector<HTMLInputElement>('input[type="file"]')!, new File(["{}"], "more.jsonl"));
  await userEvent.click(dialog.getByRole("button", { name: "Add and measure" }));
  await waitFor(() => expect(server.bodies(SCORES)).toHaveLength(1));
});

test("one that learned from no label of the project shows none, and no outcome model of them is offered", async () => {
  shown({ source: "served", name: "prm", scorer: { style: "qwen", endpoint: "local" }, labels: 0, generation: null });
  expect(await screen.findByText(/prm on the server local, read as qwen/)).toBeVisible();
  expect(screen.getByRole("heading", { name: "How it is read" })).toBeVisible();
  expect(screen.queryByRole("heading", { name: "What it saw" })).toBeNull();
  expect(screen.queryByRole("button", { name: /Train one on the same labels/ })).toBeNull();
});

test("one that was trained elsewhere for a generation says both, with the labels that it saw", async () => {
  shown({ source: "imported", name: "elsewhere", generation: 4, labels: 3 });
  expect(await screen.findByText(/imported scores of elsewhere/)).toBeVisible();
  expect(screen.getByRole("link", { name: "trained elsewhere for generation 4" })).toHaveAttribute("href", "/p/apples/generations/4");
  expect(screen.getByRole("heading", { name: "What it saw" })).toBeVisible();
});
