import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import type { components } from "@/api/schema";
import { PeoplePage } from "@/features/accounts/people/PeoplePage";
import { slugOf } from "@/features/accounts/projects/CreateProject";
import ProjectsPage from "@/features/accounts/projects/ProjectsPage";
import { SettingsPage } from "@/features/accounts/projects/SettingsPage";

import { ANN, OLGA, PROJECT } from "../../recorded";
import { renderAs } from "../../render";
import { Refused, serve } from "../../server";

const TRAINING: components["schemas"]["TrainingOptions"] = {
  base_models: ["owner/base", "owner/other"],
  ways: [
    { way: "embedded", settings: [{ name: "heads", default: 1, least: 1, most: 64, choices: [] }] },
    {
      way: "frozen",
      settings: [
        { name: "decay", default: 1000, least: 1e-6, most: 1e9, choices: [] },
        { name: "neutral", default: "positive", least: null, most: null, choices: ["positive", "negative"] },
        { name: "of_tomorrow", default: false, least: null, most: null, choices: [] },
      ],
    },
    { way: "lora", settings: [] },
    { way: "full", settings: [] },
  ],
  solutions: 249,
  costs: [
    { way: "embedded", base_model: "", memory: 4e8, training: 165, reading: null },
    { way: "frozen", base_model: "owner/base", memory: 9.4e8, training: 440, reading: 1720 },
    { way: "frozen", base_model: "owner/other", memory: null, training: null, reading: null },
  ],
};
const SETTINGS = { "GET /projects/apples": PROJECT, "GET /projects/apples/training": TRAINING, "GET /projects/apples/instructions": [] };
const NO_LINKS = { "GET /projects/apples/invitations": [] };
const MEMBERS = [
  { id: 1, username: "ann", role: "labeler", simulated: false, second_factor: null, labeler: "dca8d58e-10b5-4ba3-a43b-ebad55f8c396" },
  { id: 3, username: "olga", role: "operator", simulated: false, second_factor: null, labeler: null },
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
  const server = serve({ "GET /projects": [PROJECT], "POST /projects": { ...PROJECT, slug: "algebra-2026" }, "GET /auth/session": { me: OLGA } });
  renderAs(OLGA, <ProjectsPage />);
  await userEvent.click(await screen.findByRole("button", { name: "New project" }));
  await userEvent.type(await screen.findByLabelText(/^Name/), "Algebra 2026");
  await userEvent.click(screen.getByRole("button", { name: "Make the project" }));
  await waitFor(() => expect(server.bodies("POST /projects")).toEqual([{ name: "Algebra 2026", slug: "algebra-2026" }]));
  await waitFor(() => expect(screen.getByLabelText("address")).toHaveTextContent("/p/algebra-2026"));
});

test("who may make the first project is offered it where the list would be", async () => {
  serve({ "GET /projects": [] });
  renderAs({ ...OLGA, is_superuser: true, memberships: [] }, <ProjectsPage />);
  await userEvent.click(await screen.findByRole("button", { name: "New project" }));
  expect(await screen.findByLabelText(/^Short name/)).toBeVisible();
});

test("what the server says of a field stands at the field", async () => {
  serve({
    "GET /projects": [PROJECT],
    "POST /projects": new Refused(409, "conflict", "There is one of this name.", { slug: ["There is one of this name."] }),
  });
  renderAs(OLGA, <ProjectsPage />);
  await userEvent.click(await screen.findByRole("button", { name: "New project" }));
  await userEvent.type(await screen.findByLabelText(/^Name/), "Apples");
  await userEvent.click(screen.getByRole("button", { name: "Make the project" }));
  expect((await screen.findAllByText("There is one of this name.")).length).toBe(2);
});

test.each([
  ["Algebra 2026", "algebra-2026"],
  ["  Été & más ", "ete-mas"],
  ["数学", ""],
])("the short name of %j is %j", (name, slug) => expect(slugOf(name)).toBe(slug));

test("only what was changed is saved", async () => {
  const server = serve({
    "GET /projects/apples": PROJECT,
    "GET /projects/apples/training": TRAINING,
    "GET /projects/apples/instructions": [],
    "PATCH /projects/apples": PROJECT,
  });
  renderAs(OLGA, <SettingsPage slug="apples" />);
  await userEvent.click(await screen.findByRole("switch", { name: /Go on by itself/ }));
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(server.bodies("PATCH /projects/apples")).toEqual([{ auto_advance: true }]));
  expect(await screen.findByText("Saved")).toBeVisible();
});

test("instructions are previewed as labelers see them, and saved as a new version", async () => {
  const server = serve({
    "GET /projects/apples": PROJECT,
    "GET /projects/apples/training": TRAINING,
    "GET /projects/apples/instructions": [],
    "POST /projects/apples/instructions": {},
  });
  renderAs(OLGA, <SettingsPage slug="apples" />);
  await userEvent.type(await screen.findByLabelText("Text"), "**Bad** <b>x</b>");
  expect(screen.getByText("Bad", { selector: "strong" })).toBeVisible();
  expect(screen.getByText("<b>x</b>")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Save as a new version" }));
  await waitFor(() => expect(server.bodies("POST /projects/apples/instructions")).toEqual([{ text: "**Bad** <b>x</b>" }]));
});

test("a new account's password is shown, once", async () => {
  const added = { id: 9, username: "bob", role: "labeler", simulated: false, second_factor: null, labeler: null, password: "correct-horse" };
  const server = serve({ ...NO_LINKS, "GET /projects/apples/members": MEMBERS, "POST /projects/apples/members": added });
  renderAs(OLGA, <PeoplePage slug="apples" />);
  await userEvent.type(await screen.findByLabelText(/^Name/), "bob");
  await userEvent.click(screen.getByRole("button", { name: "Add" }));
  expect(await screen.findByText("correct-horse")).toBeVisible();
  expect(server.bodies("POST /projects/apples/members")).toEqual([{ username: "bob", role: "labeler" }]);
});

test("removing a person says what becomes of their labels first", async () => {
  const server = serve({ ...NO_LINKS, "GET /projects/apples/members": MEMBERS, "DELETE /projects/apples/members/1": undefined });
  renderAs(OLGA, <PeoplePage slug="apples" />);
  await userEvent.click(await screen.findByRole("button", { name: "Actions: ann" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Remove" }));
  const dialog = await screen.findByRole("dialog");
  expect(within(dialog).getByText(/Their labels stay/)).toBeVisible();
  await userEvent.click(within(dialog).getByRole("button", { name: "Remove" }));
  await waitFor(() => expect(server.bodies("DELETE /projects/apples/members/1")).toHaveLength(1));
});

test("that the last operator cannot go is told in the server's words", async () => {
  serve({
    ...NO_LINKS,
    "GET /projects/apples/members": MEMBERS,
    "DELETE /projects/apples/members/3": new Refused(409, "wrong_state", "The last operator stays."),
  });
  renderAs(OLGA, <PeoplePage slug="apples" />);
  await userEvent.click(await screen.findByRole("button", { name: "Actions: olga" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Remove" }));
  await userEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Remove" }));
  expect(await screen.findByText("The last operator stays.")).toBeVisible();
});

test("a role that is changed is sent for that person alone", async () => {
  const server = serve({ ...NO_LINKS, "GET /projects/apples/members": MEMBERS, "PATCH /projects/apples/members/1": MEMBERS[0] });
  renderAs(OLGA, <PeoplePage slug="apples" />);
  await userEvent.selectOptions(await screen.findByRole("combobox", { name: "Role: ann" }), "Reviewer");
  await waitFor(() => expect(server.bodies("PATCH /projects/apples/members/1")).toEqual([{ role: "reviewer" }]));
});

test("each role is explained before it is given", async () => {
  serve({ ...NO_LINKS, "GET /projects/apples/members": MEMBERS });
  renderAs(OLGA, <PeoplePage slug="apples" />);
  expect(await screen.findByText("Rates steps.")).toBeVisible();
  await userEvent.click(screen.getByRole("combobox", { name: "Role" }));
  await userEvent.click(within(await screen.findByRole("listbox")).getByRole("option", { name: "Operator" }));
  expect(screen.getByText("Imports, launches, judges, exports, invites.")).toBeVisible();
});

test("a hundred people are a hundred rows", async () => {
  const many = Array.from({ length: 100 }, (_, id) => ({ ...MEMBERS[0], id, username: `labeler-${id}` }));
  serve({ "GET /projects/apples/members": many });
  renderAs(OLGA, <PeoplePage slug="apples" />);
  expect(await screen.findByText("labeler-99")).toBeVisible();
  expect(document.querySelectorAll("tbody tr")).toHaveLength(100);
});

test("settings that are refused stay as they were typed, with the reason at the field", async () => {
  const refused = new Refused(400, "invalid", "Some fields are not right.", { gate_share: ["Gate and test leave nothing to train on."] });
  serve({
    "GET /projects/apples": PROJECT,
    "GET /projects/apples/training": TRAINING,
    "GET /projects/apples/instructions": [],
    "PATCH /projects/apples": refused,
  });
  renderAs(OLGA, <SettingsPage slug="apples" />);
  const share = await screen.findByLabelText("Gate share");
  await userEvent.clear(share);
  await userEvent.type(share, "95");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(share).toHaveAccessibleDescription(/leave nothing to train on/));
  expect(share).toHaveValue("95%");
});

test("a setting that was emptied is asked for, not saved as it was", async () => {
  const server = serve({
    "GET /projects/apples": PROJECT,
    "GET /projects/apples/training": TRAINING,
    "GET /projects/apples/instructions": [],
    "PATCH /projects/apples": PROJECT,
  });
  renderAs(OLGA, <SettingsPage slug="apples" />);
  await userEvent.click(await screen.findByRole("switch", { name: /Go on by itself/ }));
  await userEvent.clear(screen.getByLabelText("Lease"));
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(screen.getByLabelText("Lease")).toBeInvalid();
  expect(server.bodies("PATCH /projects/apples")).toHaveLength(0);
});

test("the settings offer no phase: there is only one to label in", async () => {
  serve({ "GET /projects/apples": PROJECT, "GET /projects/apples/training": TRAINING, "GET /projects/apples/instructions": [] });
  renderAs(OLGA, <SettingsPage slug="apples" />);
  expect(await screen.findByLabelText("Lease")).toBeVisible();
  expect(screen.queryByText(/phase/i)).toBeNull();
});

test("a short name that was typed no longer follows the name", async () => {
  const server = serve({ "GET /projects": [], "POST /projects": PROJECT, "GET /auth/session": { me: OLGA } });
  renderAs(OLGA, <ProjectsPage />);
  await userEvent.click(await screen.findByRole("button", { name: "New project" }));
  await userEvent.type(await screen.findByLabelText("Name"), "Algebra");
  await userEvent.clear(screen.getByLabelText("Short name"));
  await userEvent.type(screen.getByLabelText("Short name"), "alg");
  await userEvent.type(screen.getByLabelText("Name"), " 2026{Enter}");
  await waitFor(() => expect(server.bodies("POST /projects")).toEqual([{ name: "Algebra 2026", slug: "alg" }]));
});

test("whether an operator has a second factor is shown where the site asks for one", async () => {
  const members = MEMBERS.map((member) => ({ ...member, second_factor: false }));
  serve({ ...NO_LINKS, "GET /projects/apples/members": [...members, { ...members[1], id: 4, username: "oscar", second_factor: true }] });
  renderAs(OLGA, <PeoplePage slug="apples" />);
  expect(await screen.findByRole("row", { name: /olga .*not set up: cannot act before/ })).toBeVisible();
  expect(screen.getByRole("row", { name: /ann .* off / })).toBeVisible();
  expect(screen.getByRole("row", { name: /oscar .* on / })).toBeVisible();
});

test("and not where it asks for none", async () => {
  serve({ ...NO_LINKS, "GET /projects/apples/members": MEMBERS });
  renderAs(OLGA, <PeoplePage slug="apples" />);
  await screen.findByRole("row", { name: /olga/ });
  expect(screen.queryByRole("columnheader", { name: "Second factor" })).toBeNull();
});

async function change(label: RegExp, text: string) {
  const field = await screen.findByLabelText(label);
  await userEvent.clear(field);
  if (text) await userEvent.type(field, text);
}

test("what an hour costs is saved with its currency, and an emptied rate says that nobody knows", async () => {
  const server = serve({
    "GET /projects/apples": { ...PROJECT, hourly_rate: 20, currency: "EUR" },
    "GET /projects/apples/training": TRAINING,
    "GET /projects/apples/instructions": [],
    "PATCH /projects/apples": PROJECT,
  });
  renderAs(OLGA, <SettingsPage slug="apples" />);
  await change(/Hourly rate/, "24.5");
  expect(screen.getByLabelText(/Hourly rate/)).toHaveValue("24.5 EUR/h");
  await change(/Currency/, "chf");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(server.bodies("PATCH /projects/apples")).toEqual([{ hourly_rate: 24.5, currency: "CHF" }]));
  await change(/Hourly rate/, "");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(server.bodies("PATCH /projects/apples").at(-1)).toEqual({ hourly_rate: null }));
});

test("a refusal about the currency stands at its field", async () => {
  serve({
    "GET /projects/apples": PROJECT,
    "GET /projects/apples/training": TRAINING,
    "GET /projects/apples/instructions": [],
    "PATCH /projects/apples": new Refused(400, "invalid", "Look again.", { currency: ["Three capital letters, such as EUR."] }),
  });
  renderAs(OLGA, <SettingsPage slug="apples" />);
  await change(/Currency/, "EU");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Three capital letters, such as EUR.")).toBeVisible();
});

test("how people are screened and checked is set in the units it is told in", async () => {
  const server = serve({
    "GET /projects/apples": PROJECT,
    "GET /projects/apples/training": TRAINING,
    "GET /projects/apples/instructions": [],
    "PATCH /projects/apples": PROJECT,
  });
  renderAs(OLGA, <SettingsPage slug="apples" />);
  await change(/Screening bar/, "80");
  await change(/Retakes/, "0");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(server.bodies("PATCH /projects/apples")).toEqual([{ screening_bar: 0.8, screening_retakes: 0 }]));
});

test("one click chooses a frozen base, and says what it takes", async () => {
  const server = serve({ ...SETTINGS, "PATCH /projects/apples": PROJECT });
  renderAs(OLGA, <SettingsPage slug="apples" />);
  expect(await screen.findByText(/for 249 labelled solutions: 3 min and 400.0 MB/)).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Use a frozen base" }));
  expect(screen.getByText(/7 min and 940.0 MB of memory. Reading 1,000 solutions takes 29 min/)).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(server.bodies("PATCH /projects/apples")).toEqual([{ way: "frozen", base_model: "owner/base", training: {} }]));
});

test("a setting that is emptied goes back to the way's own, and one that the page doesn't know keeps its name", async () => {
  const project = { ...PROJECT, way: "frozen", base_model: "owner/other", training: { decay: 100 } };
  const server = serve({ ...SETTINGS, "GET /projects/apples": project, "PATCH /projects/apples": project });
  renderAs(OLGA, <SettingsPage slug="apples" />);
  expect(await screen.findByText(/What this takes is not known/)).toBeVisible();
  await userEvent.click(screen.getByText("More settings (1 changed)"));
  await userEvent.clear(screen.getByRole("textbox", { name: "Decay" }));
  await userEvent.click(screen.getByRole("switch", { name: "of_tomorrow" }));
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(server.bodies("PATCH /projects/apples")).toEqual([{ training: { of_tomorrow: true } }]));
});

test("where no base model is listed the page says who lists one, and the server's word stands at the field", async () => {
  serve({
    ...SETTINGS,
    "GET /projects/apples/training": { ...TRAINING, base_models: [] },
    "PATCH /projects/apples": new Refused(400, "invalid", "Some fields won't do.", { base_model: ["Name one that is listed."] }),
  });
  renderAs(OLGA, <SettingsPage slug="apples" />);
  expect(await screen.findByText(/the administrator lists a language model/)).toBeVisible();
  await userEvent.click(screen.getByRole("combobox", { name: "Training method" }));
  await userEvent.click(screen.getByRole("option", { name: "Frozen base model" }));
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Name one that is listed.")).toBeVisible();
});
