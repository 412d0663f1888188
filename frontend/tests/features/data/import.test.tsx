import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { ImportPage } from "@/features/data/importing/ImportPage";
import { ImportReport } from "@/features/data/importing/ImportReport";
import { createdOf, linesOf } from "@/features/data/importing/report";

import { IMPORT, OLGA } from "../../recorded";
import { renderAs } from "../../render";
import { serve } from "../../server";

const ONE = "GET /projects/apples/imports/9";

test("an import tells what came in and each line that was turned away", async () => {
  serve({ [ONE]: IMPORT });
  renderAs(OLGA, <ImportReport slug="apples" id={9} />);
  expect(await screen.findByText("Created: 2 problems, 6 solutions.")).toBeVisible();
  expect(screen.getByText("14 lines: 8 new, 3 merged with problems of the same text, 1 said nothing new, 2 turned away.")).toBeVisible();
  expect(screen.getByText(/Nothing here reads these fields.*: license \(8 lines\), source \(1 line\)\./)).toBeVisible();
  expect(screen.getByText("2 lines turned away.")).toBeVisible();
  expect(screen.getByRole("link", { name: "What comes next" })).toHaveAttribute("href", "/p/apples");
  expect(screen.getByRole("row", { name: "steps is empty. 1 line 8" })).toBeVisible();
  expect(screen.getByRole("row", { name: "3 This is not JSON." })).toBeVisible();
  expect(screen.getByRole("row", { name: "8 The steps are empty." })).toBeVisible();
});

test("that the rest is in is said only where there is a rest", async () => {
  const server = serve({ [ONE]: IMPORT });
  renderAs(OLGA, <ImportReport slug="apples" id={9} />);
  expect(await screen.findByText(/Everything else is in/)).toBeVisible();
  cleanup();
  server.answer(ONE, { ...IMPORT, created: {}, created_lines: 0, merged: 0, skipped: 0 });
  renderAs(OLGA, <ImportReport slug="apples" id={9} />);
  expect(await screen.findByText(/Mend these lines/)).toBeVisible();
  expect(screen.queryByText(/Everything else is in/)).toBeNull();
});

test("the lines that were turned away can be fetched, while they are kept", async () => {
  const server = serve({ [ONE]: IMPORT });
  renderAs(OLGA, <ImportReport slug="apples" id={9} />);
  const lists = "/api/v1/projects/apples/imports/9/rejected";
  expect(await screen.findByRole("link", { name: "CSV" })).toHaveAttribute("href", `${lists}/csv`);
  expect(screen.getByRole("link", { name: "JSON Lines" })).toHaveAttribute("href", `${lists}/jsonl`);
  expect(screen.getByRole("link", { name: /to mend and import/ })).toHaveAttribute("href", `${lists}/lines`);
  cleanup();
  server.answer(ONE, { ...IMPORT, rejected_kept: false });
  renderAs(OLGA, <ImportReport slug="apples" id={9} />);
  expect(await screen.findByText(/no longer kept/)).toBeVisible();
});

test("importing the same file again says that nothing is new", async () => {
  const again = { ...IMPORT, lines: 8, created: {}, created_lines: 0, merged: 0, skipped: 8, rejected: 0, rejections: [] };
  serve({ [ONE]: again });
  renderAs(OLGA, <ImportReport slug="apples" id={9} />);
  expect(await screen.findByText(/Nothing new/)).toBeVisible();
  expect(screen.getByText("8 lines: 8 said nothing new.")).toBeVisible();
});

test("lines that only add to problems that were here are something new", async () => {
  serve({ [ONE]: { ...IMPORT, lines: 108, created: {}, created_lines: 0, merged: 108, skipped: 0, rejected: 0, rejections: [] } });
  renderAs(OLGA, <ImportReport slug="apples" id={9} />);
  expect(await screen.findByText("108 lines: 108 merged with problems of the same text.")).toBeVisible();
  expect(screen.queryByText(/Nothing new/)).toBeNull();
});

test("an import of an older version tells what it counted, and no total", () => {
  expect(linesOf({ lines: null, created_lines: null, merged: null, skipped: 1, rejected: 2 })).toBe("1 said nothing new, 2 turned away");
  expect(linesOf({ lines: null, created_lines: null, merged: null, skipped: 0, rejected: 0 })).toBe("");
});

test("an import under way shows how far it is, and then what came of it, without a reload", async () => {
  const server = serve({ [ONE]: { ...IMPORT, state: "running", done: 400, total: 1000, rate: 100, seconds_left: 6, created: {} } });
  renderAs(OLGA, <ImportReport slug="apples" id={9} />);
  expect(await screen.findByText("400 of 1,000 · 40% · 100/s · about 6 s left")).toBeVisible();
  server.answer(ONE, IMPORT);
  expect(await screen.findByText("Created: 2 problems, 6 solutions.")).toBeVisible();
});

test("a failed import says why and can be retried", async () => {
  const server = serve({
    [ONE]: { ...IMPORT, state: "failed", message: "The upload is gone.", rejected: 0 },
    "POST /projects/apples/jobs/9/retry": IMPORT,
  });
  renderAs(OLGA, <ImportReport slug="apples" id={9} />);
  expect(await screen.findByText("The upload is gone.")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(server.bodies("POST /projects/apples/jobs/9/retry")).toHaveLength(1));
});

test("nothing can be imported before a file is chosen", async () => {
  serve({ "GET /projects/apples/imports": [IMPORT] });
  renderAs(OLGA, <ImportPage slug="apples" />);
  expect(await screen.findByRole("link", { name: "algebra.jsonl" })).toBeVisible();
  expect(screen.getByRole("button", { name: "Import" })).toBeDisabled();
});

test("created rows are told by kind, without the kinds that are not there", () => {
  expect(createdOf(IMPORT)).toBe("2 problems, 6 solutions");
});
