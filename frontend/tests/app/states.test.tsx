import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { describe, expect, test, vi } from "vitest";

import OperatorPages from "@/app/OperatorPages";
import AccountPage from "@/features/accounts/account/AccountPage";
import TokensPage from "@/features/accounts/account/TokensPage";
import ProjectsPage from "@/features/accounts/projects/ProjectsPage";

import { AGREEMENT, OLGA, PROJECT } from "../recorded";
import { renderAs } from "../render";
import { serve } from "../server";

/** Every page that an operator looks at. */
const PAGES = [
  "/",
  "/tokens",
  "/account",
  "/p/apples",
  "/p/apples/generations",
  "/p/apples/generations/3",
  "/p/apples/checkpoints",
  "/p/apples/checkpoints/2",
  "/p/apples/review",
  "/p/apples/quality",
  "/p/apples/quality/gold",
  "/p/apples/quality/gold/5",
  "/p/apples/quality/gold/new?solution=7",
  "/p/apples/quality/screening",
  "/p/apples/quality/mistakes",
  "/p/apples/problems",
  "/p/apples/solutions",
  "/p/apples/solutions/7",
  "/p/apples/labels",
  "/p/apples/import",
  "/p/apples/import/4",
  "/p/apples/sampling",
  "/p/apples/sampling/4",
  "/p/apples/export",
  "/p/apples/people",
  "/p/apples/audit",
  "/p/apples/settings",
];

function open(address: string) {
  renderAs(
    OLGA,
    <Routes>
      <Route path="/" element={<ProjectsPage />} />
      <Route path="/tokens" element={<TokensPage />} />
      <Route path="/account" element={<AccountPage />} />
      <Route path="/p/:slug/*" element={<OperatorPages />} />
    </Routes>,
    address,
  );
}

describe.each(PAGES)("%s", (address) => {
  test("says that it loads while the server is silent", async () => {
    vi.stubGlobal("fetch", () => new Promise(() => undefined));
    open(address);
    expect((await screen.findAllByRole("status", { name: /^(Loading|Looking through)$/, busy: true })).length).toBeGreaterThan(0);
    expect(screen.getByRole("heading", { level: 1 })).toBeVisible();
  });

  test("says what happened where the server can't be reached, and asks it again", async () => {
    const fetch = vi.fn().mockRejectedValue(new TypeError("fetch failed"));
    vi.stubGlobal("fetch", fetch);
    open(address);
    expect((await screen.findAllByRole("alert"))[0]).toHaveTextContent("The server could not be reached");
    const asked = fetch.mock.calls.length;
    await userEvent.click((await screen.findAllByRole("button", { name: "Try again" }))[0]!);
    expect(fetch.mock.calls.length).toBeGreaterThan(asked);
  });
});

const NO_ROWS = { rows: [], next: null, count: 0, exact: true, searched: null };
const NO_RESULTS = { results: [], next: null, count: 0 };
const EMPTY = {
  "GET /projects": [],
  "GET /auth/tokens": [],
  "GET /auth/doors": { password: true },
  "GET /projects/apples": PROJECT,
  "GET /projects/apples/generations": [],
  "GET /projects/apples/checkpoints": [],
  "GET /projects/apples/labelers": [],
  "GET /projects/apples/problems": NO_ROWS,
  "GET /projects/apples/solutions": NO_ROWS,
  "GET /projects/apples/labels": NO_ROWS,
  "GET /projects/apples/imports": [],
  "GET /projects/apples/samplings": [],
  "GET /projects/apples/samplings/endpoints": [],
  "GET /projects/apples/exports": [],
  "GET /projects/apples/members": [],
  "GET /projects/apples/invitations": [],
  "GET /projects/apples/events": { events: [], next: null },
  "GET /projects/apples/agreement": AGREEMENT,
  "GET /projects/apples/quarantines": [],
  "GET /projects/apples/checks": [],
  "GET /projects/apples/contradictions": NO_RESULTS,
  "GET /projects/apples/gold": { ...NO_RESULTS, sets: [] },
  "GET /projects/apples/screening": {
    is_open: false,
    questions: 0,
    unfit: null,
    labelers: { to_take: 0, open: 0, passed: 0, failed: 0, admitted: 0 },
  },
  "GET /projects/apples/screening/labelers": NO_RESULTS,
};

test.each([
  ["/", /You belong to no project yet/],
  ["/tokens", /You have no token/],
  ["/p/apples/generations", /No generation yet/],
  ["/p/apples/checkpoints", /No checkpoint yet/],
  ["/p/apples/problems", /This project has no problems yet/],
  ["/p/apples/solutions", /This project has no solutions yet/],
  ["/p/apples/labels", /This project has no labels yet/],
  ["/p/apples/import", /No imports on this page yet/],
  ["/p/apples/sampling", /Nothing was sampled in this project yet/],
  ["/p/apples/export", /Choose a format above and prepare a file/],
  ["/p/apples/people", /No link has been made yet/],
  ["/p/apples/audit", /Nothing has been done here yet/],
  ["/p/apples/quality", /Nobody: no labeler's checks say that they are below the bar/],
  ["/p/apples/quality", /There are none in use: make gold labels for checks/],
  ["/p/apples/quality/gold", /No gold label here/],
  ["/p/apples/quality/gold?retired=true", /None was retired/],
  ["/p/apples/quality/screening", /Nobody is to be screened: no labeler has joined yet/],
  ["/p/apples/quality/screening?stands=passed", /Nobody stands so/],
])("%s, empty, says so: %s", async (address, sentence) => {
  serve(EMPTY);
  open(address);
  expect(await screen.findByText(sentence)).toBeVisible();
});
