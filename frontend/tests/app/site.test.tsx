import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";

import { Crash } from "@/app/Crash";
import { Site } from "@/app/Site";
import { onMachine } from "@/shared/view/keep";

import { AGREEMENT, ANN, FRACTION, MY_PROGRESS, OLGA, POTHOLE, PROGRESS, PROJECT } from "../recorded";
import { renderAs, renderTrying } from "../render";
import { Refused, serve } from "../server";

const SIGNED_OUT = new Refused(401, "not_signed_in", "Sign in first, or send a bearer token.");
const LABELING = {
  "GET /projects/apples": PROJECT,
  "GET /projects/apples/progress": MY_PROGRESS,
  "POST /projects/apples/assignments/next": { assignment: FRACTION, reason: null },
};

async function signIn(password: string) {
  await userEvent.type(await screen.findByLabelText("Password"), password);
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
}

describe("signing in", () => {
  test("leads to the address that was asked for", async () => {
    onMachine("instructions").write("ann/apples", 1);
    const server = serve({ "GET /auth/session": { me: null }, "POST /auth/login": ANN, ...LABELING });
    renderAs(null, <Site />, "/p/apples/label");
    await userEvent.type(await screen.findByLabelText("Name"), "ann");
    await signIn("rate-the-steps");
    expect(await screen.findByText(/denominator of a fraction/)).toBeVisible();
    expect(server.bodies("POST /auth/login")).toEqual([{ username: "ann", password: "rate-the-steps" }]);
  });

  test("a wrong password is told in the server's words", async () => {
    serve({ "GET /auth/session": { me: null }, "POST /auth/login": new Refused(401, "bad_credentials", "The name or the password is wrong.") });
    renderAs(null, <Site />);
    await userEvent.type(await screen.findByLabelText("Name"), "ann");
    await signIn("wrong");
    expect(await screen.findByText("The name or the password is wrong.")).toBeVisible();
  });

  test("a pass that met an ended session is sent by itself once it is renewed over the page", async () => {
    onMachine("instructions").write("ann/apples", 1);
    const submit = "PUT /assignments/41/label";
    const server = serve({ ...LABELING, [submit]: SIGNED_OUT, "POST /auth/login": ANN });
    renderAs(ANN, <Site />, "/p/apples/label");
    await screen.findByText(/denominator of a fraction/);
    await userEvent.keyboard("3333{Enter}");
    expect(await screen.findByRole("dialog", { name: "Sign in again" })).toBeVisible();
    server.answer(submit, { label: {}, next: POTHOLE, reason: null });
    await signIn("rate-the-steps");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(await screen.findByText(/fed up with the pothole/)).toBeVisible();
  });

  test("signing out leaves nothing of the pages", async () => {
    onMachine("instructions").write("ann/apples", 1);
    const server = serve({ ...LABELING, "POST /auth/logout": undefined, "GET /auth/session": { me: null } });
    renderAs(ANN, <Site />, "/p/apples/label");
    await screen.findByText(/denominator of a fraction/);
    await userEvent.click(screen.getByRole("button", { name: "Account of ann" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "Sign out" }));
    expect(await screen.findByLabelText("Password")).toBeVisible();
    expect(screen.queryByText(/denominator of a fraction/)).toBeNull();
    expect(server.bodies("GET /auth/session")).toEqual([]); // that nobody is signed in is known
  });
});

test("while the server waits for its database the site says so, and goes on by itself", async () => {
  const server = serve({ "GET /auth/session": new Refused(503, "unavailable", "The site is waiting for its database.", {}, { "Retry-After": "1" }) });
  renderTrying(<Site />);
  expect(await screen.findByText(/waiting for its database.*Nothing is lost/)).toBeVisible();
  server.answer("GET /auth/session", { me: null });
  expect(await screen.findByLabelText("Password", undefined, { timeout: 5_000 })).toBeVisible();
  expect(screen.queryByText(/waiting for its database/)).toBeNull();
});

test("signing out of a session that has ended leads to the sign-in, and from there back in", async () => {
  onMachine("instructions").write("ann/apples", 1);
  serve({ ...LABELING, "POST /auth/logout": SIGNED_OUT, "GET /auth/session": { me: null }, "POST /auth/login": ANN });
  renderAs(ANN, <Site />, "/p/apples/label");
  await screen.findByText(/denominator of a fraction/);
  await userEvent.click(screen.getByRole("button", { name: "Account of ann" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Sign out" }));
  await userEvent.type(await screen.findByLabelText("Name"), "ann");
  await signIn("rate-the-steps");
  expect(await screen.findByText(/denominator of a fraction/)).toBeVisible();
  expect(screen.queryByRole("dialog")).toBeNull();
});

describe("an invitation", () => {
  const INVITED = { project: { slug: "apples", name: "Apples" }, role: "labeler", invited_by: "olga" };
  const LOOK = "POST /auth/invitations/look";
  const answers = { [LOOK]: INVITED, ...LABELING, "GET /auth/two-factor": { enrolled: false, required: true, recovery_codes_left: 0, devices: [] } };

  async function join() {
    await userEvent.type(await screen.findByLabelText(/^Name/), "cleo");
    await userEvent.type(screen.getByLabelText(/^Password/), "a long walk by the sea");
    await userEvent.click(screen.getByRole("button", { name: "Join" }));
  }

  test("leads whoever has joined to the project, and is not looked up again: it may be used up", async () => {
    onMachine("instructions").write("ann/apples", 1);
    const server = serve({ ...answers, "GET /auth/session": { me: null }, "POST /auth/invitations/join": ANN });
    renderAs(null, <Site />, "/invited#come-in");
    await join();
    expect(await screen.findByText(/denominator of a fraction/)).toBeVisible();
    expect(server.bodies(LOOK)).toEqual([{ secret: "come-in" }]);
  });

  test("leads on past a second factor that is due", async () => {
    const server = serve({ ...answers, "GET /auth/session": { me: null }, "POST /auth/invitations/join": { ...ANN, enrolment_due: true } });
    renderAs(null, <Site />, "/invited#come-in");
    await join();
    await waitFor(() => expect(screen.getByLabelText("address")).toHaveTextContent("/p/apples"));
    expect(server.bodies(LOOK)).toHaveLength(1);
  });

  test("is accepted by a member of the site with one look, too", async () => {
    onMachine("instructions").write("ann/apples", 1);
    const server = serve({ ...answers, "POST /auth/invitations/accept": ANN });
    renderAs(ANN, <Site />, "/invited#come-in");
    await userEvent.click(await screen.findByRole("button", { name: "Join as ann" }));
    expect(await screen.findByText(/denominator of a fraction/)).toBeVisible();
    expect(server.bodies(LOOK)).toHaveLength(1);
  });
});

test("a page that breaks is a sentence and a way on, never a blank", () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined); // React tells of the error, too
  const Broken = () => {
    throw new Error("boom");
  };
  renderAs(
    ANN,
    <Crash>
      <Broken />
    </Crash>,
  );
  expect(screen.getByText("This page stopped working")).toBeVisible();
  expect(screen.getByRole("button", { name: "Load again" })).toBeVisible();
  expect(screen.queryByText(/boom/)).toBeNull();
  vi.restoreAllMocks();
});

describe("who may go where", () => {
  const reviewer = { ...OLGA, username: "rita", memberships: [{ ...OLGA.memberships[0]!, role: "reviewer" as const }] };
  const answers = {
    "GET /projects/apples": PROJECT,
    "GET /projects/apples/progress": PROGRESS,
    "GET /projects/apples/generations": [],
    "GET /projects/apples/agreement": AGREEMENT,
    "GET /projects/apples/labelers": [],
    "GET /projects/apples/contradictions": { results: [], next: null },
  };

  test("a labeler who asks for the project's home is brought to the labeling", async () => {
    serve({ ...LABELING });
    renderAs(ANN, <Site />, "/p/apples");
    await waitFor(() => expect(screen.getByLabelText("address")).toHaveTextContent("/p/apples/label"));
  });

  test("a reviewer sees the quality page and no settings", async () => {
    serve(answers);
    renderAs(reviewer, <Site />, "/p/apples/quality");
    expect(await screen.findByText("No solution has been labelled by two labelers.")).toBeVisible();
    expect(screen.queryByRole("link", { name: "Settings" })).toBeNull();
  });

  test("whose role was taken is led to what is left, not shown what was there before", async () => {
    onMachine("instructions").write("olga/apples", 1);
    const server = serve({ ...LABELING, ...answers, "GET /auth/session": { me: { ...OLGA, memberships: ANN.memberships } } });
    renderAs(OLGA, <Site />, "/p/apples/quality");
    await screen.findByText("No solution has been labelled by two labelers.");
    server.answer("GET /projects/apples/generations", new Refused(403, "not_allowed"));
    await userEvent.click(screen.getByRole("link", { name: "Generations" }));
    expect(await screen.findByText(/denominator of a fraction/)).toBeVisible();
  });

  test.each(["/p/apples/settings", "/p/apples/people", "/p/apples/import", "/p/apples/export"])("for a reviewer %s is no page", async (address) => {
    serve(answers);
    renderAs(reviewer, <Site />, address);
    expect(await screen.findByText("There is no such page")).toBeVisible();
  });

  test.each(["/p/pears", "/p/apples/generations/x", "/nowhere"])("%s is told to be no page", async (address) => {
    serve(answers);
    renderAs(OLGA, <Site />, address);
    expect(await screen.findByText("There is no such page")).toBeVisible();
  });
});
