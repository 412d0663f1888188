import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";

import { ApiError, errorFrom, isCode, OFFLINE, UNAVAILABLE } from "@/api/errors";
import type { Assignment, Offer } from "@/api/types";
import { inTab } from "@/shared/view/keep";
import { asMath } from "@/shared/mathematics/mathematics";
import { typesetAhead } from "@/shared/mathematics/typesetting";
import { useStable } from "@/shared/use-stable";

import * as calls from "./calls";
import { after, EMPTY, held, wants, type Body, type Desk, type Happening, type Sent } from "./desk";
import { draftKey, dropDraft, hasDraft, sweepDrafts } from "./draft";
import type { Entry, State } from "./outbox";
import { renewLease } from "./use-lease";
import { useOutbox } from "./use-outbox";

const LOOK_AGAIN = 10_000; // ms between looks while there is nothing to do
const tab = inTab("desk");

export interface DeskHandle {
  readonly desk: Desk;
  readonly outbox: State;
  /** Passes, revisions not counted, that landed since the page was opened. */
  readonly landed: number;
  readonly ask: () => void;
  readonly submit: (sent: Sent, body: Body) => void;
  readonly reopen: () => void;
  readonly putBack: () => void;
  /** Leave work that is no longer this labeler's for the next one. */
  readonly leaveBehind: () => void;
  /** The screening's result was read. */
  readonly readScreening: () => void;
  readonly lost: (id: number, error: ApiError) => void;
  /** A refused pass was read; `again` opens it to be rated anew. */
  readonly settle: (entry: Entry, again: boolean) => void;
}

/** The desk of one labeler in one project, and the calls that change what lies on it. */
export function useDesk(slug: string, username: string): DeskHandle {
  const [desk, dispatch] = useReducer(after, EMPTY, (empty) => restore(empty, slug, username));
  const [landed, setLanded] = useState(0);
  useEffect(() => tab.write(slug, { username, held: held(desk), last: desk.last } satisfies Kept), [slug, username, desk]);

  const [outbox, box] = useOutbox(`${username}/${slug}`, async (entry) => {
    const { id } = entry.sent.assignment;
    const told = { ...entry.body, holding: holding(), revises: entry.revises };
    const { revision, offer, screening } = await calls.submit(id, told);
    if (!entry.revision) setLanded((before) => before + 1);
    if (desk.work?.solution_id !== entry.sent.assignment.solution_id) dropDraft(draftKey(username, entry.sent.assignment.solution_id));
    if (screening) dispatch({ type: "screened", result: screening });
    dispatch({ type: "landed", id, revision });
    dispatch({ type: "offered", offer });
    return revision;
  });
  const holding = () => [...new Set([...held(desk), ...outbox.waiting.map(({ sent }) => sent.assignment)].map(({ id }) => id))];

  const ask = useStable(async () => {
    dispatch({ type: "asking" });
    dispatch(await offered(() => calls.next(slug, holding())));
  });
  const lost = useCallback((id: number, error: ApiError) => dispatch({ type: "lost", id, error }), []);
  const submit = useStable((sent: Sent, body: Body) => {
    box.take({ ...sent, revision: desk.revising ? desk.last?.revision : undefined }, body, desk.revising);
    dispatch({ type: "submitted", sent });
  });
  const settle = useStable((entry: Entry, again: boolean) => {
    box.dismiss(entry);
    const revision = entry.refusal?.standing ?? entry.revises;
    if (again) dispatch({ type: "reopened", sent: { ...entry.sent, revision } });
  });

  const onItsWay = outbox.waiting.length > 0; // its answer brings the next
  useOpening(desk, lost);
  useAsking(ask, wants(desk) && !onItsWay);
  const mayHelp = desk.refusal === null || isCode(desk.refusal, OFFLINE, UNAVAILABLE); // what was refused would be refused again
  useLookAgain(ask, (desk.work === null || desk.stalled) && !desk.asking && mayHelp && !onItsWay);
  useLeaving(desk, slug, username);
  useTypesetAhead(desk.next);
  const moves = useMoves(dispatch);
  return useMemo(
    () => ({ desk, outbox, landed, ask: () => void ask(), submit, lost, settle, ...moves }),
    [desk, outbox, landed, ask, submit, lost, settle, moves],
  );
}

/** Let this tab not remember what it held: another one has taken it over. */
export function forgetDesk(slug: string): void {
  tab.remove(slug);
}

function useMoves(dispatch: (event: Happening) => void): Pick<DeskHandle, "reopen" | "putBack" | "leaveBehind" | "readScreening"> {
  return useMemo(
    () => ({
      reopen: () => dispatch({ type: "reopened", sent: null }),
      putBack: () => dispatch({ type: "putBack" }),
      leaveBehind: () => dispatch({ type: "leftBehind" }),
      readScreening: () => dispatch({ type: "screened", result: null }),
    }),
    [dispatch],
  );
}

/** Once, on opening: see whether the assignments that this tab still had are still ours. */
function useOpening(desk: Desk, lost: (id: number, error: ApiError) => void): void {
  const opened = useRef(false);
  useEffect(() => {
    if (opened.current) return;
    opened.current = true;
    sweepDrafts(Date.now());
    held(desk).forEach(({ id }) => void renewLease(id, (error) => lost(id, error)));
  }, [desk, lost]);
}

function useAsking(ask: () => Promise<void>, wanted: boolean): void {
  useEffect(() => {
    if (wanted) void ask();
  }, [ask, wanted]);
}

function useLookAgain(ask: () => Promise<void>, idle: boolean): void {
  useEffect(() => {
    if (!idle) return;
    const timer = setInterval(() => document.visibilityState === "visible" && void ask(), LOOK_AGAIN);
    return () => clearInterval(timer);
  }, [ask, idle]);
}

/** What was fetched ahead has its mathematics set while the one before it is read. */
function useTypesetAhead(next: Assignment | null): void {
  useEffect(() => {
    if (!next) return;
    const instead = Object.values(next.alternatives).flatMap((offered) => offered.map(({ text }) => text));
    return typesetAhead([next.problem, asMath(next.ground_truth_answer ?? ""), ...next.steps, ...instead]);
  }, [next]);
}

/** On leaving, hand back what was not begun; what was begun stays leased, and comes back first. */
function useLeaving(desk: Desk, slug: string, username: string): void {
  const leave = useStable(() => {
    const begun = held(desk).filter(({ solution_id }) => hasDraft(draftKey(username, solution_id)));
    held(desk)
      .filter((assignment) => !begun.includes(assignment))
      .forEach(({ id }) => calls.releaseOnLeaving(id));
    tab.write(slug, { username, held: begun, last: desk.last } satisfies Kept);
  });
  useEffect(() => {
    const shown = (event: PageTransitionEvent) => event.persisted && location.reload(); // out of the back-forward cache
    window.addEventListener("pagehide", leave);
    window.addEventListener("pageshow", shown);
    return () => {
      window.removeEventListener("pagehide", leave);
      window.removeEventListener("pageshow", shown);
    };
  }, [leave]);
}

async function offered(call: () => Promise<Offer>): Promise<Happening> {
  try {
    return { type: "offered", offer: await call() };
  } catch (error) {
    return { type: "unanswered", error: error instanceof ApiError ? error : errorFrom(0, null) };
  }
}

interface Kept {
  readonly username: string;
  readonly held: readonly Assignment[];
  readonly last: Sent | null;
}

function restore(empty: Desk, slug: string, username: string): Desk {
  const kept = tab.read(slug) as Kept | null; // written by this page alone, in this tab
  if (kept?.username !== username) return empty;
  const [work = null, next = null] = kept.held;
  return { ...empty, work, next, last: kept.last };
}
