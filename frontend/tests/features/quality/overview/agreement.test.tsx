import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import type { Agreement } from "@/api/types";
import { AgreementPanel } from "@/features/quality/overview/AgreementPanel";

import { AGREEMENT, OLGA } from "../../../recorded";
import { renderAs } from "../../../render";
import { serve } from "../../../server";

const MEASURED: Agreement = {
  ...AGREEMENT,
  solutions: 500,
  exact: { value: 0.804, low: 0.771, high: 0.8382, n: 1200, undefined: null },
  within_one: { value: 0.9, low: 0.88, high: 0.92, n: 1200, undefined: null },
  alpha: { value: 0.7123, low: 0.66, high: 0.76, n: 3400, undefined: null },
  kappa: { value: null, low: null, high: null, n: 1200, undefined: "Every pass found a mistake, or none did: kappa needs both." },
};

const open = (agreement: Agreement) => {
  serve({ "GET /projects/apples/agreement": agreement });
  renderAs(OLGA, <AgreementPanel slug="apples" />);
};
const cells = async (name: string) =>
  within((await screen.findByText(name)).closest("tr")!)
    .getAllByRole("cell")
    .slice(1)
    .map(({ textContent }) => textContent);

test("each figure comes with its interval and its n", async () => {
  open(MEASURED);
  expect(await cells("Same first mistake")).toEqual(["80.4%", "77.1% – 83.8%", "1,200 pairs"]);
  expect(await cells("Krippendorff's alpha, by step")).toEqual(["0.712", "0.660 – 0.760", "3,400 steps"]);
  expect(screen.getByText(/The newest 500 solutions .* 500 resamples/)).toBeVisible();
});

test("passes that leave their first mistake unknown are counted", async () => {
  open({ ...MEASURED, unknown: 7 });
  expect(await screen.findByText(/7 passes left a step unsure before any Bad/)).toBeVisible();
});

test("a figure that cannot be told says why, and the others stay", async () => {
  open(MEASURED);
  expect(await cells("Cohen's kappa")).toEqual(["–", "–", "1,200 pairs"]);
  expect(screen.getByText(/kappa needs both/)).toBeVisible();
});

test("without overlap one sentence says what brings it", async () => {
  open(AGREEMENT);
  expect(await screen.findByText("No solution has been labelled by two labelers.")).toBeVisible();
  expect(screen.queryByRole("table")).toBeNull();
});
