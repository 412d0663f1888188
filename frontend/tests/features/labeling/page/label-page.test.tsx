import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test, vi } from "vitest";

import type { Assignment } from "@/api/types";
import LabelPage from "@/features/labeling/page/LabelPage";
import { ACTIONS } from "@/features/labeling/pass/actions";
import { onMachine } from "@/shared/view/keep";
import { shownKey } from "@/shared/keys/keys";

import { ANN, FINISHED, FRACTION, MY_PROGRESS, POTHOLE, PROJECT } from "../../../recorded";
import { renderAs } from "../../../render";
import { Lost, Refused, serve, type TestServer } from "../../../server";

const NEXT = "POST /projects/apples/assignments/next";
const SUBMIT = "PUT /assignments/41/label";
const keys = (pressed: string) => userEvent.keyboard(pressed);
/** What the server says to a page that holds nothing; there is nothing more to fetch ahead. */
const first = (assignment: Assignment) => (body: unknown) =>
  (body as { holding: number[] }).holding.length ? FINISHED : { assignment, reason: null };
/** A first assignment, and a second to fetch ahead. */
const ahead = (one: Assignment, other: Assignment) => (body: unknown) => ({
  assignment: (body as { holding: number[] }).holding.length ? other : one,
  reason: null,
});
/** The server's answer that stays away until it is let through. */
function held(answer: unknown): [Promise<unknown>, () => void] {
  let through = () => {};
  return [new Promise((resolve) => (through = () => resolve(answer))), () => through()];
}
let server: TestServer;

beforeEach(() => {
  onMachine("instructions").write("ann/apples", 1); // read before; the test of the first visit forgets it
  server = serve({
    "GET /projects/apples": PROJECT,
    "GET /projects/apples/progress": MY_PROGRESS,
    [NEXT]: first(FRACTION),
    [SUBMIT]: { label: {}, next: POTHOLE, reason: null },
    "PUT /assignments/42/label": { label: {}, next: null, reason: FINISHED.reason },
    "POST /assignments/41/renew": FRACTION.lease,
    "POST /assignments/41/release": undefined,
  });
});

const page = () => renderAs(ANN, <LabelPage slug="apples" />);
const opened = async () => {
  const view = page();
  await screen.findByText(/denominator of a fraction/);
  return view;
};
const rated = () => screen.queryAllByRole("button", { name: /^Step \d+: / }).map((chip) => chip.getAttribute("aria-label"));

describe("rating by the keyboard alone", () => {
  test("a pass without a mistake is sent as it was rated, and the next problem is there", async () => {
    await opened();
    await keys("3233{Enter}");
    expect(await screen.findByText(/fed up with the pothole/)).toBeVisible();
    expect(server.bodies(SUBMIT)).toEqual([
      {
        lease: "N0p3kHc2l1o8",
        ratings: [1, 0, 1, 1],
        flagged: [],
        alternatives: [],
        finish_reason: "solution",
        reason: "",
        total_time: expect.any(Number) as number,
        holding: [41],
      },
    ]);
  });

  test("at the first Bad the alternatives come up, and Enter waits until each is judged", async () => {
    await opened();
    await keys("3331");
    await keys("{Enter}2");
    expect(server.bodies(SUBMIT)).toHaveLength(0);
    await keys("4{Enter}");
    await waitFor(() => expect(server.bodies(SUBMIT)).toHaveLength(1));
    expect(server.bodies(SUBMIT)[0]).toMatchObject({
      ratings: [1, 1, 1, -1],
      alternatives: [
        { id: 901, rating: 0, flagged: false },
        { id: 902, rating: null, flagged: true },
      ],
      finish_reason: "found_error",
    });
  });

  test("after the first Bad the later steps fade to a line, and come back when it is taken back", async () => {
    await opened();
    await keys("31");
    expect(screen.getByText("2 more steps, not rated")).toBeVisible();
    await keys("{Backspace}");
    expect(screen.queryByText("2 more steps, not rated")).toBeNull();
  });

  test("changing an earlier rating removes what came after it", async () => {
    await opened();
    await keys("333{ArrowUp}{ArrowUp}2");
    expect(rated()).toEqual(["Step 1: Great", "Step 2: Okay"]);
  });

  test("a number typed into the reason rates nothing", async () => {
    await opened();
    await keys("g");
    await userEvent.type(await screen.findByLabelText(/too hard to judge/), "step 3 needs 1 table");
    await keys("{Escape}");
    expect(rated()).toEqual([]);
  });

  test("every rating is told to a screen reader", async () => {
    await opened();
    await keys("3");
    expect(await screen.findByText("Step 1: Great")).toBeInTheDocument();
  });
});

describe("what a key does, its hint and the help say the same", () => {
  test("each button's hint is the first key of the action it stands for", async () => {
    await opened();
    await keys("3331");
    const hinted = screen.getAllByRole("button").filter((button) => button.hasAttribute("aria-keyshortcuts"));
    for (const button of hinted) {
      const action = ACTIONS.find(({ keys: [first] }) => first === button.getAttribute("aria-keyshortcuts"));
      expect(button.textContent).toContain(action?.label());
      expect(button.querySelector("kbd")?.textContent).toBe(action && shownKey(action.keys[0]!));
    }
    expect(hinted.map((button) => button.getAttribute("aria-keyshortcuts"))).toEqual(
      expect.arrayContaining(["1", "2", "3", "4", "Backspace", "Enter", "g", "b", "i", "?"]),
    );
  });

  test("the help stands each action beside all of its keys", async () => {
    await opened();
    await keys("?");
    const help = await screen.findByRole("dialog", { name: "Keys of this page" });
    for (const { label, keys: all } of ACTIONS) {
      const row = within(help).getByText(label()).closest("tr")!;
      expect([...row.querySelectorAll("kbd")].map(({ textContent }) => textContent)).toEqual(all.map(shownKey));
    }
  });

  test("a button does what its key does", async () => {
    await opened();
    await userEvent.click(screen.getByRole("button", { name: /Okay/ }));
    await userEvent.click(screen.getByRole("button", { name: /Bad$/ }));
    await userEvent.click(screen.getByRole("button", { name: /Take back/ }));
    expect(rated()).toEqual(["Step 1: Okay"]);
    await userEvent.click(screen.getByRole("button", { name: "Step 1: Okay" }));
    await userEvent.click(screen.getByRole("button", { name: /Great/ }));
    expect(rated()).toEqual(["Step 1: Great"]);
  });
});

describe("a solution of 200 steps", () => {
  const LONG = { ...FRACTION, steps: Array.from({ length: 200 }, (_, n) => `Step ${n} of many.`), alternatives: {} };

  test("is there from its first to its last step, and counts what is left", async () => {
    server.answer(NEXT, first(LONG));
    await opened();
    expect(screen.getAllByText(/of many\.$/)).toHaveLength(200);
    await keys("33");
    expect(screen.getByText("198 left to rate")).toBeVisible();
  });

  test("after its first Bad is as long as what was rated", async () => {
    server.answer(NEXT, first(LONG));
    await opened();
    await keys("331");
    expect(screen.getByText("197 more steps, not rated")).toBeVisible();
    expect(screen.getAllByText(/of many\.$/).filter((step) => !step.closest("details"))).toHaveLength(3);
  });
});

describe("ending a pass with a reason", () => {
  test("giving up takes the ratings so far and the reason along", async () => {
    await opened();
    await keys("33g");
    await userEvent.type(await screen.findByLabelText(/too hard to judge/), "Needs a table I lack{Enter}");
    await waitFor(() => expect(server.bodies(SUBMIT)).toHaveLength(1));
    expect(server.bodies(SUBMIT)[0]).toMatchObject({ ratings: [1, 1], finish_reason: "give_up", reason: "Needs a table I lack" });
  });

  test("a bad problem without a reason is not sent", async () => {
    await opened();
    await keys("b");
    await userEvent.type(await screen.findByLabelText(/wrong with the problem/), "{Enter}");
    expect(await screen.findByText("Say in a few words why.")).toBeVisible();
    expect(server.bodies(SUBMIT)).toHaveLength(0);
  });
});

describe("no waiting", () => {
  test("the next problem is there at Enter, before the server has answered", async () => {
    server.answer(NEXT, ahead(FRACTION, POTHOLE));
    const [answer, through] = held({ label: {}, next: null, reason: FINISHED.reason });
    server.answer(SUBMIT, () => answer);
    await opened();
    expect(await screen.findByText(/fed up with the pothole/)).not.toBeVisible();
    await keys("3333{Enter}");
    expect(screen.getByText(/fed up with the pothole/)).toBeVisible();
    expect(rated()).toEqual([]);
    through();
    expect(await screen.findByText(/saved/)).toBeVisible();
  });

  test("the time of a pass begins when it is shown, not when it is fetched", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    server.answer(NEXT, ahead(FRACTION, POTHOLE));
    await opened();
    await screen.findByText(/fed up with the pothole/);
    await vi.advanceTimersByTimeAsync(40_000);
    await keys("3333{Enter}");
    await vi.advanceTimersByTimeAsync(5_000);
    await keys("33{Enter}");
    await waitFor(() => expect(server.bodies("PUT /assignments/42/label")).toHaveLength(1));
    const { total_time } = server.bodies("PUT /assignments/42/label")[0] as { total_time: number };
    expect(total_time).toBeGreaterThanOrEqual(5_000);
    expect(total_time).toBeLessThan(40_000);
    vi.useRealTimers();
  });

  test("a pass tells the server what else this page holds", async () => {
    server.answer(NEXT, ahead(FRACTION, POTHOLE));
    await opened();
    await waitFor(() => expect(server.bodies(NEXT)).toEqual([{ holding: [] }, { holding: [41] }]));
    await keys("3333{Enter}");
    await waitFor(() => expect(server.bodies(SUBMIT)).toMatchObject([{ holding: [41, 42] }]));
  });
});

describe("nothing is lost", () => {
  test("an unfinished pass survives a reload", async () => {
    const view = await opened();
    await keys("32");
    view.unmount();
    await opened();
    expect(rated()).toEqual(["Step 1: Great", "Step 2: Okay"]);
    expect(screen.getByText(/We kept your pass/)).toBeVisible();
  });

  test("an unfinished pass of one person is not another's", async () => {
    const view = await opened();
    await keys("32");
    view.unmount();
    sessionStorage.clear();
    onMachine("instructions").write("bob/apples", 1);
    renderAs({ ...ANN, username: "bob" }, <LabelPage slug="apples" />);
    await screen.findByText(/denominator of a fraction/);
    expect(screen.queryByText(/We kept your pass/)).toBeNull();
  });

  test("passes finished without a connection are kept, told of in a line, and sent when it is back", async () => {
    server.answer(NEXT, ahead(FRACTION, POTHOLE));
    await opened();
    await waitFor(() => expect(server.bodies(NEXT)).toHaveLength(2));
    server.answer(SUBMIT, new Lost());
    await keys("3333{Enter}");
    expect(await screen.findByText(/fed up with the pothole/)).toBeVisible();
    await keys("33{Enter}");
    expect(await screen.findByText("Offline: 2 passes kept here, sent when you are back.")).toBeVisible();
    server.answer(SUBMIT, { label: {}, next: null, reason: FINISHED.reason });
    fireEvent(window, new Event("online"));
    expect(await screen.findByText("Nothing to rate right now")).toBeVisible();
    expect(server.bodies("PUT /assignments/42/label")).toHaveLength(1);
    expect(screen.queryByText(/kept here/)).toBeNull();
  });

  test.each([
    [new Refused(401, "not_signed_in"), "Signed out: 1 pass kept here, sent when you have signed in again."],
    [new Refused(429, "throttled"), "The server is busy: 1 pass kept here, sent as soon as it answers."],
    [new Refused(500, "crashed"), "The server is busy: 1 pass kept here, sent as soon as it answers."],
  ])("what may pass is waited for, and said in a line (%#)", async (answer, line) => {
    server.answer(SUBMIT, answer);
    await opened();
    await keys("3333{Enter}");
    expect(await screen.findByText(line)).toBeVisible();
  });

  test.each([
    ["lease_lost", 409, "This solution was given to somebody else"],
    ["generation_closed", 409, "This round of labeling is closed"],
    ["not_found", 404, "This solution is no longer yours to rate"],
  ])("%s is told with the problem it is about, and stays until it was read", async (code, status, title) => {
    server.answer(SUBMIT, new Refused(status, code));
    const view = await opened();
    await keys("3333{Enter}");
    expect(await screen.findByText(title)).toBeVisible();
    expect(screen.getByText(/The pass over “The denominator of a fraction/)).toBeVisible();
    view.unmount();
    page();
    const told = await screen.findByRole("alert");
    await userEvent.click(within(told).getByRole("button", { name: "All right" }));
    expect(screen.queryByText(title)).toBeNull();
    expect(server.bodies(SUBMIT)).toHaveLength(1);
  });

  test("a pass that broke a rule can be opened again, with its ratings", async () => {
    server.answer(SUBMIT, new Refused(400, "invalid_label"));
    await opened();
    await keys("3333{Enter}");
    expect(await screen.findByText("The pass was not accepted")).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Open it again" }));
    expect(await screen.findByText(/denominator of a fraction/)).toBeVisible();
    expect(rated()).toHaveLength(3);
  });

  test("Enter pressed twice sends one pass", async () => {
    await opened();
    await keys("3333{Enter}{Enter}");
    await screen.findByText(/fed up with the pothole/);
    expect(server.bodies(SUBMIT)).toHaveLength(1);
  });
});

describe("reopening the last pass", () => {
  test("u brings it back as it was sent; another body is its revision; then the next one returns", async () => {
    await opened();
    await keys("3333{Enter}");
    await screen.findByText(/fed up with the pothole/);
    await keys("u");
    expect(await screen.findByText(/You have reopened your last pass/)).toBeVisible();
    await keys("{Backspace}2{Enter}");
    expect(await screen.findByText(/fed up with the pothole/)).toBeVisible();
    expect(server.bodies(SUBMIT).map((body) => (body as { ratings: number[] }).ratings)).toEqual([
      [1, 1, 1, 1],
      [1, 1, 1, 0],
    ]);
  });

  test("its revision names the one it was made of", async () => {
    server.answer(SUBMIT, { label: { revision: 1 }, next: POTHOLE, reason: null });
    await opened();
    await keys("3333{Enter}");
    await screen.findByText(/fed up with the pothole/);
    await keys("u{Backspace}2{Enter}");
    await waitFor(() => expect(server.bodies(SUBMIT)).toHaveLength(2));
    expect(server.bodies(SUBMIT).map((body) => (body as { revises?: number }).revises)).toEqual([undefined, 1]);
  });

  describe("that was corrected elsewhere meanwhile", () => {
    const overtaken = async () => {
      server.answer(SUBMIT, { label: { revision: 1 }, next: POTHOLE, reason: null });
      await opened();
      await keys("3333{Enter}");
      await screen.findByText(/fed up with the pothole/);
      await keys("u{Backspace}2");
      server.answer(SUBMIT, new Refused(409, "stale_revision", undefined, {}, {}, { label: { revision: 4 } }));
      await keys("{Enter}");
      await screen.findByText("This pass was corrected elsewhere meanwhile");
    };

    test("is kept as it was rated, and replaces the newer one only when it is submitted again", async () => {
      await overtaken();
      await userEvent.click(screen.getByRole("button", { name: "Open it again" }));
      expect(rated()).toHaveLength(3); // the fourth is the one that the cursor is on
      server.answer(SUBMIT, { label: { revision: 5 }, next: null, reason: FINISHED.reason });
      await keys("{Enter}");
      await waitFor(() => expect(server.bodies(SUBMIT)).toHaveLength(3));
      expect(server.bodies(SUBMIT).at(-1)).toMatchObject({ ratings: [1, 1, 1, 0], revises: 4 });
    });

    test("may be left as it is now", async () => {
      await overtaken();
      await userEvent.click(screen.getByRole("button", { name: "Leave the newer one" }));
      await waitFor(() => expect(screen.queryByText("This pass was corrected elsewhere meanwhile")).toBeNull());
      expect(server.bodies(SUBMIT)).toHaveLength(2);
    });

    test("isn't opened over another one that is open, which would lose it", async () => {
      await overtaken();
      await keys("u");
      expect(await screen.findByRole("button", { name: "Open it again" })).toBeDisabled();
    });
  });

  test("u again puts it back unchanged", async () => {
    await opened();
    await keys("3333{Enter}");
    await screen.findByText(/fed up with the pothole/);
    await keys("uu");
    expect(await screen.findByText(/fed up with the pothole/)).toBeVisible();
    expect(server.bodies(SUBMIT)).toHaveLength(1);
  });

  test("the last pass can be reopened also when there is nothing left to do", async () => {
    server.answer(SUBMIT, { label: {}, next: null, reason: FINISHED.reason });
    await opened();
    await keys("3333{Enter}");
    await screen.findByText("Nothing to rate right now");
    await keys("u");
    expect(await screen.findByText(/denominator of a fraction/)).toBeVisible();
  });
});

describe("nothing to do", () => {
  test("says why, and looks again when asked", async () => {
    server.answer(NEXT, FINISHED);
    page();
    expect(await screen.findByText(/Every item of this batch has its labels/)).toBeVisible();
    server.answer(NEXT, first(POTHOLE));
    await userEvent.click(screen.getByRole("button", { name: "Look again" }));
    expect(await screen.findByText(/fed up with the pothole/)).toBeVisible();
  });

  test.each([
    ["a lost connection", new Lost(), /could not be reached/],
    ["a refusal", new Refused(403, "not_a_member", "You are not a labeler of this project."), /You are not a labeler/],
  ])("%s is told as what it is, with a way on and nothing to submit", async (_, answer, sentence) => {
    server.answer(NEXT, answer);
    page();
    expect(await screen.findByText("Your next solution could not be fetched")).toBeVisible();
    expect(screen.getByText(sentence)).toBeVisible();
    expect(screen.queryByText(/[Ss]ubmit/)).toBeNull();
    server.answer(NEXT, first(POTHOLE));
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText(/fed up with the pothole/)).toBeVisible();
  });

  test("looks again by itself", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    server.answer(NEXT, FINISHED);
    page();
    await screen.findByText("Nothing to rate right now");
    server.answer(NEXT, first(POTHOLE));
    await vi.advanceTimersByTimeAsync(11_000);
    expect(await screen.findByText(/fed up with the pothole/)).toBeVisible();
    vi.useRealTimers();
  });
});

describe("the lease", () => {
  const leave = () => fireEvent(window, new Event("pagehide"));

  test("an assignment that was not begun is handed back on leaving", async () => {
    await opened();
    leave();
    await waitFor(() => expect(server.bodies("POST /assignments/41/release")).toHaveLength(1));
  });

  test("one that was begun is kept", async () => {
    await opened();
    await keys("3");
    leave();
    expect(server.bodies("POST /assignments/41/release")).toHaveLength(0);
  });

  test("a page that is in use renews it before it runs out", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true, now: Date.parse("2026-11-23T03:38:00Z") });
    await opened();
    await vi.advanceTimersByTimeAsync(30_000);
    fireEvent.keyDown(window, { key: "j" });
    await vi.advanceTimersByTimeAsync(40_000);
    await waitFor(() => expect(server.bodies("POST /assignments/41/renew").length).toBeGreaterThan(0));
    vi.useRealTimers();
  });

  test("a page that nobody uses lets it run out", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true, now: Date.parse("2026-11-23T03:20:00Z") });
    await opened();
    await vi.advanceTimersByTimeAsync(15 * 60_000);
    expect(server.bodies("POST /assignments/41/renew")).toHaveLength(0);
    vi.useRealTimers();
  });

  test("a reload shows the assignment that this tab had, without asking for another", async () => {
    const view = await opened();
    await keys("3");
    view.unmount();
    await opened();
    expect(server.bodies(NEXT).filter((body) => (body as { holding: number[] }).holding.length === 0)).toHaveLength(1);
  });
});

test("instructions open at the first visit and not at the second", async () => {
  localStorage.clear();
  const view = page();
  const dialog = await screen.findByRole("dialog", { name: "Instructions" });
  expect(await within(dialog).findByText(/until the first bad one/)).toBeVisible();
  view.unmount();
  await opened();
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("the bar counts one's own passes and nothing of anybody else", async () => {
  await opened();
  expect(await screen.findByText("12 today · median 1:48")).toBeVisible();
  await keys("3333{Enter}");
  expect(await screen.findByText("13 today · median 1:48")).toBeVisible();
});

describe("a comment on the pass", () => {
  const comment = async (text: string, question: boolean) => {
    await keys("c");
    await userEvent.type(await screen.findByRole("textbox", { name: "Comment" }), text);
    if (question) await userEvent.click(screen.getByRole("checkbox", { name: /This is a question/ }));
    await userEvent.click(screen.getByRole("button", { name: "Keep" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  };

  test("goes with the pass, and a pass without one says nothing of it", async () => {
    server.answer(NEXT, ahead(FRACTION, POTHOLE));
    await opened();
    await comment("Step 3 skips a line.", false);
    await keys("3333{Enter}");
    await keys("33{Enter}");
    await waitFor(() => expect(server.bodies("PUT /assignments/42/label")).toHaveLength(1));
    expect(server.bodies(SUBMIT)[0]).toMatchObject({ comment: { text: "Step 3 skips a line.", is_question: false } });
    expect(server.bodies("PUT /assignments/42/label")[0]).not.toHaveProperty("comment");
  });

  test("survives a reload, also before anything was rated", async () => {
    const view = await opened();
    await comment("Is a proof asked for?", true);
    view.unmount();
    await opened();
    expect(screen.getByRole("button", { name: /Question/ })).toBeVisible();
    await keys("c");
    expect(await screen.findByRole("textbox", { name: "Comment" })).toHaveValue("Is a proof asked for?");
  });

  test("can be removed again", async () => {
    await opened();
    await comment("Never mind", false);
    await keys("c");
    await userEvent.click(await screen.findByRole("button", { name: "Remove" }));
    await keys("3333{Enter}");
    await waitFor(() => expect(server.bodies(SUBMIT)).toHaveLength(1));
    expect(server.bodies(SUBMIT)[0]).not.toHaveProperty("comment");
  });

  test("is there when the pass is reopened, and goes with its revision", async () => {
    await opened();
    await comment("Look at step 2.", false);
    await keys("3333{Enter}");
    await screen.findByText(/fed up with the pothole/);
    await keys("u");
    await screen.findByText(/You have reopened your last pass/);
    await keys("{Backspace}2{Enter}");
    await waitFor(() => expect(server.bodies(SUBMIT)).toHaveLength(2));
    expect(server.bodies(SUBMIT)[1]).toMatchObject({ comment: { text: "Look at step 2." } });
  });
});

describe("how it is read", () => {
  test("one key shows every text as it was written, and sets it again", async () => {
    await opened();
    const set = document.querySelectorAll(".katex").length;
    await keys("r");
    expect(screen.getByRole("button", { name: /Source/ })).toHaveAttribute("aria-pressed", "true");
    expect(document.querySelectorAll(".katex")).toHaveLength(0);
    await keys("r");
    expect(document.querySelectorAll(".katex")).toHaveLength(set);
  });

  test("keys make the text larger and smaller, and rate nothing", async () => {
    await opened();
    const size = () => Number(document.documentElement.style.getPropertyValue("--lh-text"));
    const before = size();
    await keys("+");
    expect(size()).toBeGreaterThan(before);
    await keys("-");
    expect(size()).toBe(before);
    expect(rated()).toEqual([]);
  });

  test("the step that was rated Bad stands first among what could stand in its place", async () => {
    await opened();
    await keys("3331");
    const panel = within(screen.getByRole("group", { name: "Rate what could stand in its place" }));
    const rows = panel.getAllByRole("listitem");
    expect(within(rows[0]!).getByRole("button", { name: "Step 4: Bad" })).toBeVisible();
    expect(rows).toHaveLength(1 + 2);
  });
});

describe("for whoever goes by Tab", () => {
  const focused = () => document.activeElement as HTMLElement;
  const button = (name: RegExp) => screen.getByRole("button", { name });

  test("rating by a button keeps the focus on that rating, one step on", async () => {
    await opened();
    button(/^Great/).focus();
    await keys("{Enter}");
    expect(rated()).toEqual(["Step 1: Great"]);
    expect(focused().dataset.rating).toBe("great");
    expect(focused().closest("li")).toHaveAttribute("aria-current", "step");
    await keys("{Enter}{Enter}");
    expect(rated()).toEqual(["Step 1: Great", "Step 2: Great", "Step 3: Great"]);
  });

  test("going back to a rated step by its button keeps the focus there", async () => {
    await opened();
    await keys("33");
    button(/^Step 1: Great/).focus();
    await keys("{Enter}");
    expect(focused().closest("li")).toHaveAttribute("aria-current", "step");
  });

  test("submitting by the button leaves the focus on the next problem", async () => {
    server.answer(NEXT, ahead(FRACTION, POTHOLE));
    await opened();
    await screen.findByText(/fed up with the pothole/);
    await keys("3333");
    button(/^Submit/).focus();
    await keys("{Enter}");
    expect(focused()).toHaveTextContent(/fed up with the pothole/);
  });

  test("a rating taken back leaves the focus on Submit, which then does nothing", async () => {
    await opened();
    await keys("3333");
    button(/^Submit/).focus();
    await keys("{Backspace}{Enter}");
    expect(focused()).toBe(button(/^Submit/));
    expect(server.bodies(SUBMIT)).toHaveLength(0);
  });

  test("with the keys alone the focus is taken nowhere", async () => {
    await opened();
    await keys("33{Backspace}33");
    expect(focused()).toBe(document.body);
  });
});

describe("what a screen reader hears", () => {
  const heard = () => document.querySelector("main > [role=status]")!.textContent;

  test("the rating, where the cursor goes, what was taken back, and the next problem", async () => {
    server.answer(NEXT, ahead(FRACTION, POTHOLE));
    await opened();
    await screen.findByText(/fed up with the pothole/);
    await keys("3");
    expect(heard()).toBe("Step 1: Great");
    await keys("{ArrowUp}");
    expect(heard()).toBe("Step 1: Great\u00a0");
    await keys("j");
    expect(heard()).toBe("Step 2, not rated yet");
    await keys("{Backspace}");
    expect(heard()).toBe("Taken back");
    await keys("3331");
    expect(heard()).toBe("Step 4: Bad");
    await keys("3");
    expect(heard()).toBe("Alternative 1: Great");
    await keys("3");
    expect(heard()).toBe("Alternative 2: Great. The pass is complete. Enter submits it.");
    await keys("{Enter}");
    expect(heard()).toBe("Sent. The next problem is here.");
  });
});

describe("reopening before the server has the pass", () => {
  test("sends the pass and then its revision, in that order", async () => {
    server.answer(NEXT, ahead(FRACTION, POTHOLE));
    await opened();
    await screen.findByText(/fed up with the pothole/);
    server.answer(SUBMIT, new Lost());
    await keys("3333{Enter}");
    await screen.findByText(/kept here/);
    await keys("u{Backspace}2{Enter}");
    server.answer(SUBMIT, { label: {}, next: null, reason: FINISHED.reason });
    const before = server.bodies(SUBMIT).length;
    fireEvent(window, new Event("online"));
    await waitFor(() => expect(server.bodies(SUBMIT)).toHaveLength(before + 2));
    const sent = server.bodies(SUBMIT).slice(-2) as { ratings: number[] }[];
    expect(sent.map(({ ratings }) => ratings)).toEqual([
      [1, 1, 1, 1],
      [1, 1, 1, 0],
    ]);
  });

  test("u reopens it also after a reload", async () => {
    const view = await opened();
    await keys("3333{Enter}");
    await screen.findByText(/fed up with the pothole/);
    view.unmount();
    page();
    await screen.findByText(/fed up with the pothole/);
    await keys("u");
    expect(await screen.findByText(/You have reopened your last pass/)).toBeVisible();
    expect(rated()).toHaveLength(3);
  });
});

describe("the screening", () => {
  const QUESTION = { ...FRACTION, screening: { number: 12, of: 30 } };
  const result = (state: string, agreed: number) => ({ state, agreed, of: 30, needed: 23, sentence: "The server's own." });

  test("says which of its questions this is, instead of what was done today", async () => {
    server.answer(NEXT, first(QUESTION));
    await opened();
    expect(await screen.findByText("Screening: 12 of 30")).toBeVisible();
    expect(screen.queryByText(/today/)).toBeNull();
  });

  test.each([
    ["passed", 27, "You have passed the screening: 27 of 30 agree with the team. What comes now counts."],
    ["failed", 22, "The screening was not passed: 22 of 30 agree with the team, 23 are needed."],
  ])("tells that it was %s, until that was read", async (state, agreed, sentence) => {
    server.answer(NEXT, first(QUESTION));
    server.answer(SUBMIT, { label: {}, next: null, reason: FINISHED.reason, screening: result(state, agreed) });
    await opened();
    await keys("3333{Enter}");
    const told = (await screen.findByText(sentence)).closest<HTMLElement>("[role=status]")!;
    await userEvent.click(within(told).getByRole("button", { name: "All right" }));
    expect(screen.queryByText(sentence)).toBeNull();
  });
});
