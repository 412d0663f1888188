import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import PracticePage from "@/features/labeling/practice/PracticePage";
import type { Standing } from "@/features/labeling/practice/queries";

import { ANN, PROJECT } from "../../../recorded";
import { renderAs } from "../../../render";
import { serve } from "../../../server";

const item = (id: number) => ({ id, problem: `Problem ${id}.`, ground_truth_answer: "7", steps: ["3 + 4 = 7."] });
const seen = (id: number): Standing => ({ id, passes: 1, agreed: true });
const unseen = (id: number): Standing => ({ id, passes: 0, agreed: null });

function open(set: Standing[]) {
  serve({
    "GET /projects/apples": PROJECT,
    "GET /projects/apples/practice": set,
    ...Object.fromEntries(set.map(({ id }) => [`GET /projects/apples/practice/${id}`, item(id)])),
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
