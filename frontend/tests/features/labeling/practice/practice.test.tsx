import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import PracticePage from "@/features/labeling/practice/PracticePage";
import type { Feedback, Standing } from "@/features/labeling/practice/queries";

import { ANN, PROJECT } from "../../../recorded";
import { renderAs } from "../../../render";
import { serve } from "../../../server";

const item = (id: number) => ({ id, problem: `Problem ${id}.`, ground_truth_answer: "7", steps: ["3 + 4 = 7."] });
const seen = (id: number): Standing => ({ id, passes: 1, agreed: true });
const unseen = (id: number): Standing => ({ id, passes: 0, agreed: null });

const AGREED: Feedback = { agreed: true, first_mistake: null, unsure: false, first_mistakes: [], explanation: "It is sound." };

function open(set: Standing[]) {
  serve({
    "GET /projects/apples": PROJECT,
    "GET /projects/apples/practice": set,
    ...Object.fromEntries(set.map(({ id }) => [`GET /projects/apples/practice/${id}`, item(id)])),
    ...Object.fromEntries(set.map(({ id }) => [`POST /projects/apples/practice/${id}`, AGREED])),
  });
  renderAs(ANN, <PracticePage slug="apples" />);
}

test("practice starts at the first solution that this person hasn't been over", async () => {
  open([seen(1), seen(2), unseen(3), unseen(4)]);
  expect(await screen.findByText("Problem 3.")).toBeVisible();
});

test("it starts at the first solution of all where none is left", async () => {
  open([seen(1), seen(2)]);
  expect(await screen.findByText("Problem 1.")).toBeVisible();
});

test("the place says how many of those gone over agree", async () => {
  open([seen(1), { ...seen(2), agreed: false }, unseen(3), unseen(4)]);
  expect(await screen.findByText("1 of 2 agree")).toBeVisible();
});

test("Enter asks what the team says, then goes on to the next solution", async () => {
  open([seen(1), unseen(2), unseen(3)]);
  await screen.findByText("Problem 2.");
  await userEvent.keyboard("3{Enter}");
  expect(await screen.findByText("You and the team agree.")).toBeVisible();
  expect(screen.getByText("It is sound.")).toBeVisible();
  await userEvent.keyboard("{Enter}");
  expect(await screen.findByText("Problem 3.")).toBeVisible();
  expect(screen.queryByText("You and the team agree.")).toBeNull();
});

test("a solution can be tried again, from the first step", async () => {
  open([unseen(1), unseen(2)]);
  await screen.findByText("Problem 1.");
  await userEvent.keyboard("3{Enter}");
  await screen.findByText("You and the team agree.");
  await userEvent.keyboard("a");
  expect(await screen.findByText("1 left to rate")).toBeVisible();
  expect(screen.getByText("Problem 1.")).toBeVisible();
});

test("after the last solution the set is over, and can be gone over again", async () => {
  open([seen(1), unseen(2)]);
  await screen.findByText("Problem 2.");
  await userEvent.keyboard("3{Enter}");
  await screen.findByText("You and the team agree.");
  await userEvent.keyboard("{Enter}");
  expect(await screen.findByText("You have been through all of it")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Go over it again" }));
  expect(await screen.findByText("Problem 1.")).toBeVisible();
});
