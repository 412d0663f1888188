import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { OwnMistakes } from "@/features/labeling/own/OwnMistakes";
import type { Mine } from "@/features/labeling/practice/queries";
import { speak } from "@/shared/language/language";

import { ANN } from "../../../recorded";
import { renderAs } from "../../../render";

type Outcomes = Mine["mistakes"]["practice"];
const rate = (hits: number, n: number) => ({ hits, n, low: null, high: null });
const NONE: Outcomes = {
  agreed: rate(0, 0),
  said_none: rate(0, 0),
  too_late: rate(0, 0),
  too_early: rate(0, 0),
  false_alarm: rate(0, 0),
  unsure: rate(0, 0),
  not_finished: rate(0, 0),
  missed: rate(0, 0),
  alarmed: rate(0, 0),
};
const PRACTISED: Outcomes = {
  ...NONE,
  agreed: rate(6, 8),
  said_none: rate(2, 5),
  too_late: rate(0, 5),
  too_early: rate(0, 5),
  not_finished: rate(0, 8),
};

const open = (practice: Outcomes, screening: Outcomes) => renderAs(ANN, <OwnMistakes mistakes={{ practice, screening }} />);

test("each way to differ is a share of the passes in which it could have happened", () => {
  open(PRACTISED, NONE);
  expect(screen.getAllByRole("columnheader").map(({ textContent }) => textContent)).toEqual(["Your pass", "Practice"]);
  const cell = (name: string) => within(screen.getByText(name).closest("tr")!).getAllByRole("cell")[1];
  expect(cell("Found no mistake")).toHaveTextContent("2/5 · 40%");
  expect(cell("False alarm")).toHaveTextContent("–");
});

test("whoever has neither practised nor finished a screening is shown nothing", () => {
  open(NONE, NONE);
  expect(screen.queryByRole("table")).toBeNull();
});

test("it is told in Chinese too", async () => {
  await speak("zh-Hans");
  open(NONE, PRACTISED);
  expect(screen.getByText("您与团队不一致之处")).toBeVisible();
  expect(screen.getByRole("columnheader", { name: "资格测试" })).toBeVisible();
  await speak("en");
});
