import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Table } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { describe, expect, test, vi } from "vitest";

import { offline } from "@/api/errors";
import { ReasonDialog } from "@/shared/forms/ReasonDialog";
import { WideTable } from "@/shared/layout/WideTable";
import { JobProgress, jobSentence, progressSentence } from "@/shared/states/JobProgress";
import { Loaded, LoadedParts } from "@/shared/states/states";
import { Copyable } from "@/shared/text/Copyable";

import { ANN, TRAINING_JOB } from "../recorded";
import { renderAs } from "../render";

describe("a job", () => {
  const done = { ...TRAINING_JOB, state: "done" as const };
  const failed = { ...TRAINING_JOB, state: "failed" as const, message: "The disk is full." };

  test("under way shows what is happening, how far, how fast, how long", () => {
    renderAs(ANN, <JobProgress job={TRAINING_JOB} />);
    expect(screen.getByText(/Update 75 of 638, loss 0.350/)).toBeVisible();
    expect(screen.getByText("75 of 638 · 12% · 0.4/s · about 23 min left")).toBeVisible();
    expect(screen.getByRole("progressbar", { name: "Train" })).toHaveAttribute("aria-valuenow", String((75 / 638) * 100));
  });

  test("that cannot say how much there is claims no share", () => {
    expect(progressSentence({ ...TRAINING_JOB, total: 0 })).toBe("");
  });

  test("at its end says no time left, and without a rate says none", () => {
    expect(progressSentence({ ...TRAINING_JOB, done: 638, rate: null, seconds_left: 0 })).toBe("638 of 638 · 100%");
  });

  const queued = { ...TRAINING_JOB, state: "queued" as const };
  const behind = { ...queued, message: "Waits for an import before it." };
  test.each([
    [done, "Train: done"],
    [failed, "Train: The disk is full."],
    [{ ...queued, message: "" }, "Train: waits for a worker"],
    [behind, "Train: Waits for an import before it."],
  ])("that does not run draws no rate: %#", (job, sentence) => {
    renderAs(ANN, <JobProgress job={job} />);
    expect(screen.getByText(sentence)).toBeVisible();
    expect(screen.queryByText(/left$/)).toBeNull();
    expect(jobSentence(job)).toBe(sentence);
  });
});

describe("a page's data", () => {
  const Page = ({ load }: { load: () => Promise<string> }) => (
    <Loaded query={useQuery({ queryKey: ["x"], queryFn: load, staleTime: 0 })}>{(text) => <p>{text}</p>}</Loaded>
  );

  test("is awaited by a skeleton that says so, not by a blank", () => {
    renderAs(ANN, <Page load={() => new Promise(() => undefined)} />);
    expect(screen.getByRole("status", { name: "Loading" })).toBeInTheDocument();
  });

  test("that failed can be asked for again", async () => {
    const load = vi.fn<() => Promise<string>>().mockRejectedValueOnce(offline()).mockResolvedValue("Here it is.");
    renderAs(ANN, <Page load={load} />);
    await userEvent.click(await screen.findByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Here it is.")).toBeVisible();
  });
});

describe("a reason", () => {
  const WORDS = { title: "Cancel it", detail: "It stops.", label: "Why?", submit: "Do it" };
  const open = () => {
    const [given, closed] = [vi.fn(), vi.fn()];
    renderAs(ANN, <ReasonDialog opened words={WORDS} onReason={given} onClose={closed} />);
    return { given, closed };
  };

  test.each(["", "   "])("of %j is none", async (typed) => {
    const { given } = open();
    if (typed) await userEvent.type(screen.getByLabelText("Why?"), typed);
    await userEvent.click(screen.getByRole("button", { name: "Do it" }));
    expect(given).not.toHaveBeenCalled();
    expect(screen.getByText("Say in a few words why.")).toBeVisible();
  });

  test("is given without the space around it; Shift+Enter only starts a new line", async () => {
    const { given } = open();
    await userEvent.type(screen.getByLabelText("Why?"), " one{Shift>}{Enter}{/Shift}two {Enter}");
    expect(given.mock.calls).toEqual([["one\ntwo"]]);
  });

  test("can be left unsaid: Escape and Cancel close", async () => {
    const { given, closed } = open();
    await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
    await userEvent.keyboard("{Escape}");
    expect([given.mock.calls.length, closed.mock.calls.length]).toEqual([0, 2]);
  });
});

test("an id that is shown short is copied whole, and says that it was", async () => {
  const user = userEvent.setup(); // brings a clipboard
  renderAs(ANN, <Copyable text="dca8d58e-10b5-4ba3" shown="dca8d58e" />);
  await user.click(screen.getByRole("button", { name: "Copy dca8d58e" }));
  await waitFor(() => expect(screen.getByRole("button", { name: "Copied" })).toBeVisible());
  expect(await navigator.clipboard.readText()).toBe("dca8d58e-10b5-4ba3");
});

describe("a list that comes in parts", () => {
  interface Part {
    readonly rows: readonly string[];
    readonly next: number | null;
  }
  const List = ({ load }: { load: (from: number) => Promise<Part> }) => {
    const query = useInfiniteQuery({
      queryKey: ["parts"],
      queryFn: ({ pageParam }) => load(pageParam),
      initialPageParam: 0,
      getNextPageParam: ({ next }: Part) => next,
    });
    return (
      <LoadedParts query={query} more="Show more">
        {(parts) => <p>{parts.flatMap(({ rows }) => rows).join(", ")}</p>}
      </LoadedParts>
    );
  };

  test("is awaited, and one that failed can be asked for again", async () => {
    const load = vi
      .fn<() => Promise<Part>>()
      .mockRejectedValueOnce(offline())
      .mockResolvedValue({ rows: ["one"], next: null });
    renderAs(ANN, <List load={load} />);
    expect(screen.getByRole("status", { name: "Loading" })).toBeInTheDocument();
    await userEvent.click(await screen.findByRole("button", { name: "Try again" }));
    expect(await screen.findByText("one")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
  });

  test("keeps what is there when more of it can't be had, says so, and lets it be asked for again", async () => {
    const load = vi
      .fn<() => Promise<Part>>()
      .mockResolvedValueOnce({ rows: ["one"], next: 1 })
      .mockRejectedValueOnce(offline())
      .mockResolvedValue({ rows: ["two"], next: null });
    renderAs(ANN, <List load={load} />);
    await userEvent.click(await screen.findByRole("button", { name: "Show more" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("The server could not be reached");
    expect(screen.getByText("one")).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Show more" }));
    expect(await screen.findByText("one, two")).toBeVisible();
    expect(screen.queryByRole("alert")).toBeNull();
  });
});

test("a wide table is reached by the keyboard to be scrolled, and a column of buttons has a heading that is heard", () => {
  renderAs(
    ANN,
    <WideTable name="Tokens" minWidth={600} heads={["Name", false, { number: "Uses" }, { acts: "Revoke" }]}>
      <Table.Tr>
        <Table.Td>nightly</Table.Td>
      </Table.Tr>
    </WideTable>,
  );
  expect(screen.getByRole("group", { name: "Tokens" })).toHaveAttribute("tabindex", "0");
  expect(screen.getAllByRole("columnheader").map((head) => head.textContent)).toEqual(["Name", "Uses", "Revoke"]);
});
