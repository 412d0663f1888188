import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import TokensPage from "@/features/accounts/account/TokensPage";

import { OLGA } from "../../recorded";
import { renderAs } from "../../render";
import { serve } from "../../server";

const DOORS = { oidc: null, tokens_may_last: false };
const KEPT = {
  id: 3,
  name: "nightly export",
  scope: "read",
  created_at: "2026-11-23T03:14:48Z",
  expires_at: "2027-02-21T03:14:48Z",
  last_used_on: null,
};

test("a token's text is shown when it is made, and not in the list", async () => {
  const server = serve({
    "GET /auth/doors": DOORS,
    "GET /auth/tokens": [],
    "POST /auth/tokens": { id: 3, name: "nightly export", token: "lh_secret" },
  });
  renderAs(OLGA, <TokensPage />);
  await userEvent.type(await screen.findByLabelText("What it is for"), "nightly export");
  server.answer("GET /auth/tokens", [KEPT]);
  await userEvent.click(screen.getByRole("button", { name: "Make a token" }));
  expect(await screen.findByText("lh_secret")).toBeVisible();
  expect(await screen.findByRole("row", { name: /nightly export/ })).not.toHaveTextContent("lh_secret");
  expect(server.bodies("POST /auth/tokens")).toEqual([{ name: "nightly export", scope: "operate", days: 90 }]);
});

test("revoking says what it does before it does", async () => {
  const server = serve({ "GET /auth/doors": DOORS, "GET /auth/tokens": [KEPT], "DELETE /auth/tokens/3": undefined });
  renderAs(OLGA, <TokensPage />);
  await userEvent.click(await screen.findByRole("button", { name: "Revoke nightly export" }));
  expect(server.bodies("DELETE /auth/tokens/3")).toHaveLength(0);
  await userEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Revoke" }));
  await waitFor(() => expect(server.bodies("DELETE /auth/tokens/3")).toHaveLength(1));
});

test("a token that never ends is offered only where the site lets one last", async () => {
  const server = serve({ "GET /auth/doors": DOORS, "GET /auth/tokens": [] });
  const { unmount } = renderAs(OLGA, <TokensPage />);
  await screen.findByText("You have no token.");
  expect(screen.queryByLabelText("Never ends")).toBeNull();
  unmount();
  server.answer("GET /auth/doors", { ...DOORS, tokens_may_last: true });
  server.answer("POST /auth/tokens", { id: 3, name: "nightly export", token: "lh_secret" });
  renderAs(OLGA, <TokensPage />);
  await userEvent.click(await screen.findByLabelText("Never ends"));
  await userEvent.type(screen.getByLabelText("What it is for"), "nightly export{Enter}");
  await waitFor(() => expect(server.bodies("POST /auth/tokens")).toEqual([{ name: "nightly export", scope: "operate", days: null }]));
});

test("a token that has ended says so", async () => {
  serve({ "GET /auth/doors": DOORS, "GET /auth/tokens": [{ ...KEPT, expires_at: "2020-01-01T00:00:00Z" }] });
  renderAs(OLGA, <TokensPage />);
  expect(await screen.findByRole("row", { name: /nightly export read .* ended/ })).toBeVisible();
});
