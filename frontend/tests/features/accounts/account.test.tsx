import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import AccountPage from "@/features/accounts/account/AccountPage";
import { SignInForm } from "@/features/accounts/sign-in/SignInForm";

import { ANN } from "../../recorded";
import { renderAs } from "../../render";
import { Refused, serve } from "../../server";

const AT = "2026-11-23T03:14:48Z";
const NONE = { enrolled: false, required: false, password: true, codes_left: 0, devices: [] };
const KEY = { id: 4, kind: "webauthn", name: "work laptop", created_at: AT, last_used_at: null };
const APP = { id: 5, kind: "totp", name: "", created_at: AT, last_used_at: AT };
const HERE = { id: "aa", browser: "Chrome", system: "Linux", address: "10.0.0.7", signed_in_at: AT, last_seen_at: AT, here: true };
const THERE = { ...HERE, id: "bb", browser: null, system: null, here: false };
const FAILED = {
  id: 9,
  at: AT,
  actor: null,
  account: "ann",
  verb: "fail to sign in",
  subject: "user ann",
  reason: "",
  detail: { address: "10.0.0.9" },
};
const OPTIONS = { publicKey: { challenge: "c2VjcmV0" } };

function open(factor: unknown = NONE, answers = {}) {
  const server = serve({
    "GET /auth/doors": { oidc: null, tokens_may_last: false },
    "GET /auth/two-factor": factor,
    "GET /auth/sessions": [HERE, THERE],
    "GET /auth/events": { events: [FAILED], next: null },
    ...answers,
  });
  renderAs(ANN, <AccountPage />);
  return server;
}

/** A browser whose device makes and answers, or says no with an error of that name. */
function withDevice(error?: string) {
  const answer = async () => {
    if (error) throw Object.assign(new Error(), { name: error });
    return { toJSON: () => ({ id: "key" }) };
  };
  vi.stubGlobal("PublicKeyCredential", {
    parseCreationOptionsFromJSON: (given: unknown) => given,
    parseRequestOptionsFromJSON: (given: unknown) => given,
  });
  vi.stubGlobal("navigator", Object.assign(Object.create(navigator), { credentials: { create: answer, get: answer } }));
}

const press = async (name: string | RegExp) => userEvent.click(await screen.findByRole("button", { name }));

beforeEach(() => vi.stubGlobal("isSecureContext", true));
afterEach(() => vi.unstubAllGlobals());

async function upToTheName() {
  await press("Set up a passkey");
  await userEvent.type(await screen.findByLabelText(/Your password, to make sure/), "rate-the-steps{Enter}");
  await userEvent.type(await screen.findByLabelText(/Name of the passkey/), "work laptop");
}

describe("a passkey", () => {
  test("is made after the password was asked for, and its recovery codes are shown once", async () => {
    withDevice();
    const server = open(NONE, {
      "POST /auth/two-factor/passkeys/begin": OPTIONS,
      "POST /auth/two-factor/passkeys": { recovery_codes: ["1111", "2222"] },
    });
    await upToTheName();
    await press("Make the passkey");
    expect(await screen.findByText(/1111/)).toBeVisible();
    expect(server.bodies("POST /auth/two-factor/passkeys/begin")).toEqual([{ password: "rate-the-steps" }]);
    expect(server.bodies("POST /auth/two-factor/passkeys")).toEqual([{ name: "work laptop", passkey: { id: "key" } }]);
  });

  test.each([
    ["NotAllowedError", /called off, took too long/],
    ["InvalidStateError", /has a passkey for your account already/],
    ["SecurityError", /localhost instead of 127.0.0.1/],
  ])("%s of the browser is told as a sentence, and the name stays for another try", async (error, sentence) => {
    withDevice(error);
    open(NONE, { "POST /auth/two-factor/passkeys/begin": OPTIONS });
    await upToTheName();
    await press("Make the passkey");
    expect(await screen.findByRole("alert")).toHaveTextContent(sentence);
    expect(screen.getByLabelText(/Name of the passkey/)).toHaveValue("work laptop");
  });

  test("that the server refuses is begun anew: its challenge is spent", async () => {
    withDevice();
    open(NONE, {
      "POST /auth/two-factor/passkeys/begin": OPTIONS,
      "POST /auth/two-factor/passkeys": new Refused(409, "conflict", "It is set up already."),
    });
    await upToTheName();
    await press("Make the passkey");
    expect(await screen.findByText("It is set up already.")).toBeVisible();
    expect(screen.getByLabelText(/Your password, to make sure/)).toBeVisible();
  });

  test("needs a safe connection, and that is said before anything is asked", async () => {
    vi.stubGlobal("isSecureContext", false);
    open();
    await press("Set up a passkey");
    expect(await screen.findByText(/open this site over https/)).toBeVisible();
    expect(screen.queryByLabelText(/Your password, to make sure/)).toBeNull();
  });

  test("needs a browser that knows them, and that is said too", async () => {
    open();
    await press("Set up a passkey");
    expect(await screen.findByText(/This browser knows no passkeys/)).toBeVisible();
  });
});

describe("a change of the second factor", () => {
  test("is proven by the factor there is, and taking away the last says what follows", async () => {
    const server = open({ ...NONE, enrolled: true, codes_left: 9, devices: [APP] }, { "POST /auth/two-factor/devices/5/remove": undefined });
    await press("Remove Authenticator");
    expect(await screen.findByText(/your password alone signs you in/)).toBeVisible();
    await userEvent.type(screen.getByLabelText(/Code from your authenticator/), "123456{Enter}");
    await waitFor(() => expect(server.bodies("POST /auth/two-factor/devices/5/remove")).toEqual([{ code: "123456" }]));
  });

  test("with a passkey alone asks for no authenticator's code", async () => {
    withDevice();
    const server = open(
      { ...NONE, enrolled: true, codes_left: 9, devices: [KEY] },
      {
        "POST /auth/two-factor/challenge": OPTIONS,
        "POST /auth/two-factor/recovery-codes": { recovery_codes: ["3333"] },
      },
    );
    await press("New recovery codes");
    expect(await screen.findByLabelText(/^Recovery code/)).toBeVisible();
    await press("Use a passkey");
    expect(await screen.findByText(/3333/)).toBeVisible();
    expect(server.bodies("POST /auth/two-factor/recovery-codes")).toEqual([{ passkey: { id: "key" } }]);
  });

  test("that was refused says why, and asks again", async () => {
    open(
      { ...NONE, enrolled: true, codes_left: 9, devices: [APP] },
      { "POST /auth/two-factor/remove": new Refused(401, "wrong_code", "The code is wrong.") },
    );
    await press("Remove the second factor");
    await userEvent.type(await screen.findByLabelText(/Code from your authenticator/), "000000{Enter}");
    expect(await screen.findByText("The code is wrong.")).toBeVisible();
    expect(screen.getByLabelText(/Code from your authenticator/)).toBeVisible();
  });

  test("of somebody who signs in elsewhere asks for no password there isn't", async () => {
    const server = open({ ...NONE, password: false }, { "POST /auth/two-factor": { secret: "JBSW", url: "otpauth://x", svg: "<svg/>" } });
    await press("Set up an authenticator");
    await screen.findByRole("button", { name: "Go on" });
    expect(screen.queryByRole("alert")).toBeNull();
    await press("Go on");
    expect(await screen.findByText("JBSW")).toBeVisible();
    expect(server.bodies("POST /auth/two-factor")).toEqual([{}]);
    expect(screen.queryByText("Change the password")).toBeNull();
  });
});

describe("at the sign-in", () => {
  const code = async (challenge: unknown) => {
    const server = serve({
      "POST /auth/login": new Refused(401, "second_factor_needed"),
      "POST /auth/two-factor/challenge": challenge,
      "POST /auth/login/code": ANN,
    });
    const done = vi.fn();
    renderAs(null, <SignInForm onDone={done} />);
    await userEvent.type(screen.getByLabelText("Name"), "ann");
    await userEvent.type(screen.getByLabelText("Password"), "x{Enter}");
    return { server, done };
  };

  test("a passkey is taken in place of a code", async () => {
    withDevice();
    const { server, done } = await code(OPTIONS);
    await press("Use a passkey");
    await waitFor(() => expect(done).toHaveBeenCalled());
    expect(server.bodies("POST /auth/login/code")).toEqual([{ passkey: { id: "key" } }]);
  });

  test("none is offered to who has none", async () => {
    await code(new Refused(409, "wrong_state", "You have no passkey here: give a code."));
    expect(await screen.findByLabelText(/Code from your authenticator/)).toBeVisible();
    expect(screen.queryByRole("button", { name: "Use a passkey" })).toBeNull();
  });
});

test("each browser but this one can be signed out, by name", async () => {
  const server = open(NONE, { "DELETE /auth/sessions/bb": undefined });
  expect(await screen.findByRole("row", { name: /Chrome on Linux this one 10.0.0.7/ })).toBeVisible();
  await press("Sign out: A program, or a browser that is not known here");
  await waitFor(() => expect(server.bodies("DELETE /auth/sessions/bb")).toHaveLength(1));
});

test("signing out everywhere else says what it does first", async () => {
  const server = open(NONE, { "POST /auth/sessions/end-others": undefined });
  await press("Sign out everywhere else");
  const dialog = await screen.findByRole("dialog", { name: "Sign out of the other browser?" });
  expect(server.bodies("POST /auth/sessions/end-others")).toHaveLength(0);
  await userEvent.click(within(dialog).getByRole("button", { name: "Sign out everywhere else" }));
  await waitFor(() => expect(server.bodies("POST /auth/sessions/end-others")).toHaveLength(1));
});

test("what happened to the account is told in words, also what somebody else tried", async () => {
  open();
  expect(await screen.findByRole("row", { name: /Wrong password nobody signed in 10.0.0.9/ })).toBeVisible();
});
