import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { Quarantines } from "@/features/quality/overview/Quarantines";
import type { Quarantine } from "@/features/quality/queries";

import { OLGA } from "../../../recorded";
import { renderAs } from "../../../render";
import { Refused, serve } from "../../../server";

const HELD: Quarantine = {
  id: 3,
  labeler: "dca8d58e-10b5-4ba3-a43b-ebad55f8c396",
  username: "ann",
  opened_at: "2026-11-23T03:14:48Z",
  checks: { agreed: 0, asked: 3, low: 0.006, high: 0.602, below: 0.9961 },
  labels: 12,
  to_give_back: 9,
  sample: [{ id: 41, solution_id: 7001, finish_reason: "found_error", submitted_at: "2026-11-23T03:14:00Z" }],
  is_paused: true,
  is_suspended: false,
  stands: null,
  decisions: [],
};
const DISCARDED: Quarantine = {
  ...HELD,
  to_give_back: 0,
  stands: "discard",
  decisions: [{ id: 8, kind: "discard", reason: "All Bad.", decided_by: "rita", decided_at: "2026-11-23T04:00:00Z" }],
};
const LIST = "GET /projects/apples/quarantines";
const DECIDE = "POST /projects/apples/quarantines/3/decisions";

const open = (answers: Record<string, unknown>) => {
  const server = serve(answers);
  renderAs(OLGA, <Quarantines slug="apples" />);
  return server;
};

async function decide(button: string, reason: string) {
  await userEvent.click(await screen.findByRole("button", { name: button }));
  const dialog = within(await screen.findByRole("dialog"));
  await userEvent.type(dialog.getByRole("textbox"), reason);
  await userEvent.click(dialog.getByRole("button", { name: button }));
}

test("a pause says on what evidence, over which labels, and what a discard would do", async () => {
  open({ [LIST]: [HELD] });
  const card = within(await screen.findByRole("article", { name: "ann" }));
  expect(card.getByText(/0 of 3 checks passed \(0%, with 95% between 1%–60%\)\. Below the bar with 99\.6%\./)).toBeVisible();
  expect(card.getByText(/12 labels since the last check .* A discard puts 9 solutions up for labeling again\./)).toBeVisible();
  expect(card.getByRole("link", { name: "solution 7001 (error found)" })).toHaveAttribute("href", "/p/apples/solutions/7001");
});

test("a decision takes its reason along, and what the page had seen", async () => {
  const server = open({ [LIST]: [DISCARDED], [DECIDE]: [DISCARDED] });
  expect(await screen.findByText(/rita discarded the labels: “All Bad\.”/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Discard the labels" })).toBeNull();
  await decide("Bring back", "We talked.");
  expect(server.bodies(DECIDE)).toEqual([{ kind: "bring_back", reason: "We talked.", seen: 8 }]);
});

test("a decision that somebody overtook says so and the page stays", async () => {
  open({ [LIST]: [HELD], [DECIDE]: new Refused(409, "conflict", "Somebody else has decided on this quarantine.") });
  await decide("Discard the labels", "All Bad.");
  expect(await screen.findByText("Somebody else has decided on this quarantine.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Discard the labels" })).toBeEnabled();
});

test("where nobody is paused, that is said", async () => {
  open({ [LIST]: [] });
  expect(await screen.findByText(/^Nobody:/)).toBeVisible();
});
