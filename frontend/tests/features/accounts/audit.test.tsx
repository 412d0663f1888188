import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { AuditPage } from "@/features/accounts/projects/AuditPage";

import { OLGA } from "../../recorded";
import { renderAs } from "../../render";
import { serve } from "../../server";

const EVENTS = "GET /projects/apples/events";
const SUSPENDED = {
  id: 8,
  at: "2026-11-23T03:14:48Z",
  actor: "olga",
  account: null,
  verb: "suspend",
  subject: "ann",
  reason: "Rates without reading",
  detail: { leases_back: 2, note: null, roles: ["labeler"] },
};
const BY_ITSELF = { ...SUSPENDED, id: 7, actor: null, verb: "promote", subject: "checkpoint 2", reason: "", detail: {} };

function open() {
  const server = serve({ [EVENTS]: { events: [SUSPENDED, BY_ITSELF], next: 7 } });
  renderAs(OLGA, <AuditPage slug="apples" />);
  return server;
}

test("an act is told with who, about what, why, and its details in words", async () => {
  open();
  expect(await screen.findByRole("row", { name: /olga suspend ann Rates without reading leases back: 2 · roles: \["labeler"\]/ })).toBeVisible();
  expect(screen.getByRole("row", { name: /the loop itself promote checkpoint 2/ })).toBeVisible();
});

test("a word of the table narrows the log to it, and the files to the same", async () => {
  const server = open();
  await userEvent.click(await screen.findByRole("button", { name: "suspend" }));
  await waitFor(() => expect(server.asked.at(-1)?.query).toBe("?verb=suspend"));
  expect(screen.getByRole("link", { name: "As CSV" })).toHaveAttribute("href", "/api/v1/projects/apples/events/export/csv?verb=suspend");
  await userEvent.click(screen.getByRole("button", { name: "Clear" }));
  expect(screen.getByRole("link", { name: "As JSON lines" })).toHaveAttribute("href", "/api/v1/projects/apples/events/export/jsonl?");
});

test("older acts are fetched behind the last that is shown", async () => {
  const server = open();
  await screen.findByRole("button", { name: "suspend" });
  server.answer(EVENTS, { events: [{ ...BY_ITSELF, id: 3, subject: "checkpoint 1" }], next: null });
  await userEvent.click(screen.getByRole("button", { name: "Older" }));
  expect(await screen.findByRole("row", { name: /checkpoint 1/ })).toBeVisible();
  expect(server.asked.at(-1)?.query).toBe("?before=7");
  expect(screen.queryByRole("button", { name: "Older" })).toBeNull();
});
