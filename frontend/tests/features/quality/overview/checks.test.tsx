import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { Checks } from "@/features/quality/overview/Checks";
import type { Check } from "@/features/quality/queries";

import { OLGA } from "../../../recorded";
import { renderAs } from "../../../render";
import { serve } from "../../../server";

const CHECK: Check = {
  id: 5,
  solution_id: 7001,
  problem: "Ana has 3 pears.",
  first_mistakes: [1, 3],
  asked: 40,
  agreed: 10,
  good_asked: 8,
  good_agreed: 2,
  suggestion: "6 of 8 good labelers miss it: the gold label may be the one that is wrong.",
};
const RETIRE = "POST /projects/apples/gold/5/retire";

test("a check tells who met and who missed it, and is retired by a person with a reason", async () => {
  const server = serve({ "GET /projects/apples/checks": [CHECK], [RETIRE]: null });
  renderAs(OLGA, <Checks slug="apples" />);
  const row = within((await screen.findByText("Ana has 3 pears.")).closest("tr")!);
  expect(
    row
      .getAllByRole("cell")
      .slice(1, 5)
      .map(({ textContent }) => textContent),
  ).toEqual(["2, 4", "40", "25% · 10/40", "25% · 2/8"]);
  expect(row.getByText(/6 of 8 good labelers miss it/)).toBeVisible();
  expect(row.getByRole("link")).toHaveAttribute("href", "/p/apples/quality/gold/5");
  expect(screen.getByRole("link", { name: "Those that were retired" })).toHaveAttribute("href", "/p/apples/quality/gold?purpose=check&retired=true");
  await userEvent.click(row.getByRole("button"));
  await userEvent.type(screen.getByRole("textbox"), "Step 2 is fine.");
  await userEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Retire" }));
  expect(server.bodies(RETIRE)).toEqual([{ reason: "Step 2 is fine." }]);
});

test("without checks the page says what brings them", async () => {
  serve({ "GET /projects/apples/checks": [] });
  renderAs(OLGA, <Checks slug="apples" />);
  expect(await screen.findByText(/make gold labels for checks/)).toBeVisible();
});
