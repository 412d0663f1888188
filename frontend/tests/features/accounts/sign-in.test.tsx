import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";

import { SignInAgain } from "@/features/accounts/sign-in/SignInAgain";
import { SignInForm } from "@/features/accounts/sign-in/SignInForm";
import { TopBar } from "@/shared/layout/TopBar";

import { ANN } from "../../recorded";
import { renderAs } from "../../render";
import { Lost, Refused, serve } from "../../server";

const LOGIN = "POST /auth/login";
const LOGOUT = "POST /auth/logout";

async function signIn(name: string, password: string) {
  await userEvent.type(screen.getByLabelText("Name"), name);
  await userEvent.type(screen.getByLabelText("Password"), password);
  await userEvent.keyboard("{Enter}");
}

describe("signing in", () => {
  test.each([
    ["a wrong password", new Refused(400, "wrong_credentials", "The name or the password is wrong."), "The name or the password is wrong."],
    ["too many tries", new Refused(403, "locked_out", "Too many failed sign-ins; try again in 15 minutes."), /try again in 15 minutes/],
    ["no connection", new Lost(), /could not be reached/],
  ])("%s is a sentence, and what was typed stays", async (_, answer, sentence) => {
    serve({ [LOGIN]: answer });
    const done = vi.fn();
    renderAs(null, <SignInForm onDone={done} />);
    await signIn("ann", "nearly-right");
    expect(await screen.findByRole("alert")).toHaveTextContent(sentence);
    expect(screen.getByLabelText("Name")).toHaveValue("ann");
    expect(screen.getByLabelText("Password")).toHaveValue("nearly-right");
    expect(done).not.toHaveBeenCalled();
  });

  test("after a mistake works as if there had been none", async () => {
    const server = serve({ [LOGIN]: new Refused(400, "wrong_credentials") });
    const done = vi.fn();
    renderAs(null, <SignInForm onDone={done} />);
    await signIn("ann", "rate");
    await screen.findByRole("alert");
    server.answer(LOGIN, ANN);
    await userEvent.type(screen.getByLabelText("Password"), "-the-steps{Enter}");
    await waitFor(() => expect(done).toHaveBeenCalledTimes(1));
    expect(screen.queryByRole("alert")).toBeNull();
    expect(server.bodies(LOGIN).at(-1)).toEqual({ username: "ann", password: "rate-the-steps" });
  });

  test.each([
    ["ann", ""],
    ["", "secret"],
  ])("without a name and a password (%j, %j) nothing is asked", async (name, password) => {
    const server = serve({ [LOGIN]: ANN });
    renderAs(null, <SignInForm />);
    if (name) await userEvent.type(screen.getByLabelText("Name"), name);
    if (password) await userEvent.type(screen.getByLabelText("Password"), password);
    await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
    expect(server.bodies(LOGIN)).toHaveLength(0);
  });

  test("again is for the person whose page it is, and can be put off", async () => {
    const server = serve({ [LOGIN]: ANN });
    const done = vi.fn();
    renderAs(ANN, <SignInAgain username="ann" opened onDone={done} />);
    await userEvent.type(screen.getByLabelText("Name"), "bob");
    await userEvent.type(screen.getByLabelText("Password"), "x{Enter}");
    await waitFor(() => expect(server.bodies(LOGIN)).toEqual([{ username: "ann", password: "x" }]));
    await userEvent.click(screen.getByRole("button", { name: "Close" }));
    expect(done).toHaveBeenCalled();
  });
});

describe("signing out", () => {
  const leave = async () => {
    renderAs(ANN, <TopBar />);
    await userEvent.click(screen.getByRole("button", { name: "Account of ann" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "Sign out" }));
  };

  test("that did not reach the server says that nothing has changed", async () => {
    const server = serve({ [LOGOUT]: new Lost() });
    await leave();
    expect(await screen.findByText("You are still signed in")).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(server.bodies(LOGOUT)).toHaveLength(2));
  });
});
