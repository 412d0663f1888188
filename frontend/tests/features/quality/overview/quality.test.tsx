import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import type { Contradiction, Labeler } from "@/api/types";
import { QualityPage } from "@/features/quality/overview/QualityPage";

import { AGREEMENT, OLGA } from "../../../recorded";
import { renderAs } from "../../../render";
import { Lost, serve } from "../../../server";

const LABELER: Labeler = {
  labeler: "dca8d58e-10b5-4ba3-a43b-ebad55f8c396",
  username: "ann",
  simulated: false,
  labels: 40,
  median_ms: 108_000,
  found_error: 30,
  solution: 8,
  give_up: 1,
  bad_problem: 1,
  last_at: "2026-11-23T03:14:48Z",
  checks: { agreed: 9, asked: 15, low: 0.354, high: 0.802, below: 0.9204 },
  paused_at: null,
  suspended: false,
};
const contradiction = (label: number): Contradiction => ({
  label,
  solution_id: label,
  solution: "s",
  problem: `Problem ${label} asks.`,
  answer: "19",
  ground_truth_answer: "\\frac{1}{2}",
  graded_by: "grader",
  labeler: LABELER.labeler,
  source: "human",
  generation: 0,
  submitted_at: "2026-11-23T03:14:48Z",
});
const FOUND = "GET /projects/apples/contradictions";

const open = (answers = {}) => {
  const server = serve({
    "GET /projects/apples/agreement": AGREEMENT,
    "GET /projects/apples/labelers": [],
    "GET /projects/apples/quarantines": [],
    "GET /projects/apples/checks": [],
    [FOUND]: { results: [], next: null },
    ...answers,
  });
  renderAs(OLGA, <QualityPage slug="apples" />);
  return server;
};

test("an empty project says why each part is empty", async () => {
  open();
  expect(await screen.findByText("No solution has been labelled by two labelers.")).toBeVisible();
  expect(await screen.findByText("Nobody has labelled here yet.")).toBeVisible();
  expect(await screen.findByText(/None: no pass without a mistake/)).toBeVisible();
});

test("a labeler's row tells how they end their passes, as shares of all of them", async () => {
  open({ "GET /projects/apples/labelers": [LABELER, { ...LABELER, labeler: "f00", username: null, simulated: true }] });
  const row = within((await screen.findByText("ann")).closest("tr")!);
  const told = ["working", "9/1535%–80%", "92.0%", "40", "1:48", "75%", "20%", "3%", "3%"];
  expect(
    row
      .getAllByRole("cell")
      .slice(1, 10)
      .map(({ textContent }) => textContent),
  ).toEqual(told);
  expect(screen.getByRole("button", { name: "Copy f00" })).toBeVisible();
});

test("contradictions come a page at a time, each once, its mathematics set", async () => {
  const server = open({ [FOUND]: { results: [contradiction(1), contradiction(2)], next: 2 } });
  const more = await screen.findByRole("button", { name: "More" });
  expect(document.querySelectorAll(".katex")).toHaveLength(2); // the answers that are LaTeX
  server.answer(FOUND, { results: [contradiction(3)], next: null });
  await userEvent.click(more);
  expect(await screen.findByText(/Problem 3 asks/)).toBeVisible();
  expect(screen.getAllByText(/Problem \d asks/)).toHaveLength(3);
  await waitFor(() => expect(screen.queryByRole("button", { name: "More" })).toBeNull());
});

test("what could not be loaded leaves the other parts, and a way on", async () => {
  const server = open({ [FOUND]: new Lost() });
  expect(await screen.findByText("Nobody has labelled here yet.")).toBeVisible();
  server.answer(FOUND, { results: [contradiction(1)], next: null });
  await userEvent.click(await screen.findByRole("button", { name: "Try again" }));
  expect(await screen.findByText(/Problem 1 asks/)).toBeVisible();
});
