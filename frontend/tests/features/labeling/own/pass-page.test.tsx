import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import PassPage from "@/features/labeling/own/PassPage";
import type { PassOfMine } from "@/features/labeling/practice/queries";

import { ANN, FRACTION, MY_PROGRESS, PROJECT } from "../../../recorded";
import { renderAs } from "../../../render";
import { Refused, serve } from "../../../server";

const SAVE = "PUT /assignments/41/label";
const PASS: PassOfMine = {
  assignment: FRACTION,
  label: {
    id: 9,
    assignment_id: 41,
    solution_id: FRACTION.solution_id,
    problem: FRACTION.problem,
    revision: 2,
    finish_reason: "solution",
    reason: "",
    total_time: 5_000,
    submitted_at: "2026-01-05T10:00:00Z",
    comment: null,
    answer: null,
    open: true,
    ratings: [1, 1, 1, 1],
    flagged: [],
    alternatives: [],
  },
};

test("a change names the revision it was made of, and one that was overtaken replaces the newer only when saved again", async () => {
  const server = serve({
    "GET /projects/apples": PROJECT,
    "GET /projects/apples/progress": MY_PROGRESS,
    "GET /assignments/41": PASS,
    [SAVE]: new Refused(409, "stale_revision", undefined, {}, {}, { label: { revision: 4 } }),
  });
  renderAs(ANN, <PassPage slug="apples" id={41} />);
  await screen.findByText("Its round is still open: another pass takes the place of this one.");
  await userEvent.keyboard("{Backspace}2{Enter}");
  expect(await screen.findByText(/corrected elsewhere meanwhile. Yours is still here/)).toBeVisible();
  server.answer(SAVE, { label: { revision: 5 }, next: null, reason: null });
  await userEvent.keyboard("{Enter}");
  await waitFor(() => expect(server.bodies(SAVE)).toHaveLength(2));
  expect(server.bodies(SAVE)).toMatchObject([
    { ratings: [1, 1, 1, 0], revises: 2 },
    { ratings: [1, 1, 1, 0], revises: 4 },
  ]);
});

const about = { "GET /projects/apples": PROJECT, "GET /projects/apples/progress": MY_PROGRESS };

test("what is as it was handed in is not saved again", async () => {
  const server = serve({ ...about, "GET /assignments/41": PASS });
  renderAs(ANN, <PassPage slug="apples" id={41} />);
  expect(await screen.findByRole("button", { name: /Save the change/ })).toBeDisabled();
  await userEvent.keyboard("{Enter}");
  expect(server.bodies(SAVE)).toEqual([]);
});

test("the time of a change is counted on from the pass it takes the place of", async () => {
  const server = serve({ ...about, "GET /assignments/41": PASS, [SAVE]: { label: { revision: 3 }, next: null, reason: null } });
  renderAs(ANN, <PassPage slug="apples" id={41} />);
  await screen.findByText(/Its round is still open/);
  await userEvent.keyboard("{Backspace}2{Enter}");
  await waitFor(() => expect(server.bodies(SAVE)).toHaveLength(1));
  expect((server.bodies(SAVE)[0] as { total_time: number }).total_time).toBeGreaterThanOrEqual(5_000);
});

test("a pass whose round is closed is shown, and its keys are dead", async () => {
  const server = serve({ ...about, "GET /assignments/41": { ...PASS, label: { ...PASS.label, open: false } } });
  renderAs(ANN, <PassPage slug="apples" id={41} />);
  expect(await screen.findByText("Its round is closed: it can be looked at, not changed.")).toBeVisible();
  await userEvent.keyboard("{Backspace}2{Enter}");
  expect(screen.queryByRole("button", { name: /Save the change/ })).toBeNull();
  expect(server.bodies(SAVE)).toEqual([]);
});
