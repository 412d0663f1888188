import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { slugOf } from "@/features/projects/CreateProject";
import { PeoplePage } from "@/features/projects/PeoplePage";
import ProjectsPage from "@/features/projects/ProjectsPage";
import { SettingsPage } from "@/features/projects/SettingsPage";

import { ANN, OLGA, PROJECT } from "../../recorded";
import { renderAs } from "../../render";
import { Refused, serve } from "../../server";

const MEMBERS = [
  { id: 1, username: "ann", role: "labeler", simulated: false, labeler: "dca8d58e-10b5-4ba3-a43b-ebad55f8c396" },
  { id: 3, username: "olga", role: "operator", simulated: false, labeler: null },
];

test("a person who only labels in one project comes straight to its page", () => {
  serve({});
  renderAs(ANN, <ProjectsPage />);
  expect(screen.getByLabelText("address")).toHaveTextContent("/p/apples/label");
});

test("somebody without a project is told what to do", async () => {
  serve({ "GET /projects": [] });
  renderAs({ ...ANN, memberships: [] }, <ProjectsPage />);
  expect(await screen.findByText(/Ask an operator to add you/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "New project" })).toBeNull();
});

test("an operator makes a project, and comes to its home", async () => {
  const server = serve({ "GET /projects": [PROJECT], "POST /projects": { ...PROJECT, slug: "algebra-2026" }, "GET /auth/me": OLGA });
  renderAs(OLGA, <ProjectsPage />);
  await userEvent.click(screen.getByRole("button", { name: "New project" }));
  await userEvent.type(await screen.findByLabelText(/^Name/), "Algebra 2026");
  await userEvent.click(screen.getByRole("button", { name: "Make the project" }));
  await waitFor(() => expect(server.bodies("POST /projects")).toEqual([{ name: "Algebra 2026", slug: "algebra-2026" }]));
  await waitFor(() => expect(screen.getByLabelText("address")).toHaveTextContent("/p/algebra-2026"));
});

test("what the server says of a field stands at the field", async () => {
  serve({ "GET /projects": [PROJECT], "POST /projects": new Refused(409, "conflict", "There is one of this name.", { slug: ["There is one of this name."] }) });
  renderAs(OLGA, <ProjectsPage />);
  await userEvent.click(screen.getByRole("button", { name: "New project" }));
  await userEvent.type(await screen.findByLabelText(/^Name/), "Apples");
  await userEvent.click(screen.getByRole("button", { name: "Make the project" }));
  expect((await screen.findAllByText("There is one of this name.")).length).toBe(2);
});

test.each([["Algebra 2026", "algebra-2026"], ["  Été & más ", "ete-mas"], ["数学", ""]])("the short name of %j is %j", (name, slug) =>
  expect(slugOf(name)).toBe(slug));

test("only what was changed is saved", async () => {
  const server = serve({ "GET /projects/apples": PROJECT, "GET /projects/apples/instructions": [], "PATCH /projects/apples": PROJECT });
  renderAs(OLGA, <SettingsPage slug="apples" />);
  await userEvent.click(await screen.findByRole("switch", { name: /Go on by itself/ }));
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(server.bodies("PATCH /projects/apples")).toEqual([{ auto_advance: true }]));
  expect(await screen.findByText("Saved")).toBeVisible();
});

test("instructions are previewed as labelers see them, and saved as a new version", async () => {
  const server = serve({ "GET /projects/apples": PROJECT, "GET /projects/apples/instructions": [], "POST /projects/apples/instructions": {} });
  renderAs(OLGA, <SettingsPage slug="apples" />);
  await userEvent.type(await screen.findByLabelText("Text"), "**Bad** <b>x</b>");
  expect(screen.getByText("Bad", { selector: "strong" })).toBeVisible();
  expect(screen.getByText("<b>x</b>")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Save as a new version" }));
  await waitFor(() => expect(server.bodies("POST /projects/apples/instructions")).toEqual([{ text: "**Bad** <b>x</b>" }]));
});

test("a new account's password is shown, once", async () => {
  const added = { id: 9, username: "bob", role: "labeler", simulated: false, labeler: null, password: "correct-horse" };
  const server = serve({ "GET /projects/apples/members": MEMBERS, "POST /projects/apples/members": added });
  renderAs(OLGA, <PeoplePage slug="apples" />);
  await userEvent.type(await screen.findByLabelText(/^Name/), "bob");
  await userEvent.click(screen.getByRole("button", { name: "Add" }));
  expect(await screen.findByText("correct-horse")).toBeVisible();
  expect(server.bodies("POST /projects/apples/members")).toEqual([{ username: "bob", role: "labeler" }]);
});

test("removing a person says what becomes of their labels first", async () => {
  const server = serve({ "GET /projects/apples/members": MEMBERS, "DELETE /projects/apples/members/1": undefined });
  renderAs(OLGA, <PeoplePage slug="apples" />);
  await userEvent.click(await screen.findByRole("button", { name: "Remove ann" }));
  const dialog = await screen.findByRole("dialog");
  expect(within(dialog).getByText(/Their labels stay/)).toBeVisible();
  await userEvent.click(within(dialog).getByRole("button", { name: "Remove" }));
  await waitFor(() => expect(server.bodies("DELETE /projects/apples/members/1")).toHaveLength(1));
});

test("that the last operator cannot go is told in the server's words", async () => {
  serve({ "GET /projects/apples/members": MEMBERS, "DELETE /projects/apples/members/3": new Refused(409, "wrong_state", "The last operator stays.") });
  renderAs(OLGA, <PeoplePage slug="apples" />);
  await userEvent.click(await screen.findByRole("button", { name: "Remove olga" }));
  await userEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Remove" }));
  expect(await screen.findByText("The last operator stays.")).toBeVisible();
});
