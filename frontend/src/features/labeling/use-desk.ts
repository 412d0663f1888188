import { useCallback, useEffect, useMemo, useReducer, useRef } from "react";

import { ApiError, errorFrom, isCode, OFFLINE } from "@/api/errors";
import type { Assignment, PassBody } from "@/api/types";
import { inTab } from "@/shared/keep";

import * as calls from "./calls";
import { after, EMPTY, held, type Desk, type Happening, type Sent } from "./desk";
import { draftKey, dropDraft, sweepDrafts } from "./draft";
import { renewLease } from "./use-lease";

const LOOK_AGAIN = 10_000; // ms between looks while there is nothing to do
const tab = inTab("desk");

export interface DeskHandle {
  readonly desk: Desk;
  readonly ask: () => Promise<void>;
  readonly send: (sent: Sent, body: PassBody) => Promise<void>;
  readonly reopen: () => void;
  readonly putBack: () => void;
  readonly refuse: (error: ApiError) => void;
  /** Let this tab not remember its assignment: it has been handed back. */
  readonly forget: () => void;
}

/** The desk of one labeler in one project, and the calls that change what lies on it. */
export function useDesk(slug: string, username: string): DeskHandle {
  const [desk, dispatch] = useReducer(after, EMPTY, (empty) => restore(empty, slug, username));
  const now = useRef(desk);
  useEffect(() => {
    now.current = desk;
    tab.write(slug, { username, held: held(desk) } satisfies Kept);
  });

  const ask = useCallback(async () => {
    dispatch({ type: "asking" });
    dispatch(await outcome(async () => ({ type: "offered", offer: await calls.next(slug) })));
  }, [slug]);

  const send = useCallback(
    async (sent: Sent, body: PassBody) => {
      if (now.current.busy) return;
      dispatch({ type: "sending" });
      const told = await outcome(async () => ({ type: "landed", sent, offer: await calls.submit(sent.assignment.id, body) }));
      if (told.type === "landed") dropDraft(draftKey(username, sent.assignment.solution_id));
      dispatch(told);
    },
    [username],
  );

  const reopen = useCallback(() => dispatch({ type: "reopened" }), []);
  const putBack = useCallback(() => dispatch({ type: "putBack" }), []);
  const refuse = useCallback((error: ApiError) => dispatch({ type: "refused", error }), []);

  useOpening(ask, refuse, desk.work);
  const mayHelp = desk.refusal === null || isCode(desk.refusal, OFFLINE); // what was refused would be refused again
  useLookAgain(ask, desk.work === null && desk.busy === null && mayHelp);
  const forget = useCallback(() => tab.remove(slug), [slug]);
  return useMemo(
    () => ({ desk, ask, send, reopen, putBack, refuse, forget }),
    [desk, ask, send, reopen, putBack, refuse, forget],
  );
}

/** Once, on opening: ask for work, or see whether the assignment that this tab still had is still ours. */
function useOpening(ask: () => Promise<void>, refuse: (error: ApiError) => void, had: Assignment | null): void {
  const opened = useRef(false);
  useEffect(() => {
    if (opened.current) return;
    opened.current = true;
    sweepDrafts(Date.now());
    if (had) void renewLease(had.id, refuse);
    else void ask();
  }, [ask, refuse, had]);
}

function useLookAgain(ask: () => Promise<void>, idle: boolean): void {
  useEffect(() => {
    if (!idle) return;
    const timer = setInterval(() => document.visibilityState === "visible" && void ask(), LOOK_AGAIN);
    return () => clearInterval(timer);
  }, [ask, idle]);
}

async function outcome(act: () => Promise<Happening>): Promise<Happening> {
  try {
    return await act();
  } catch (error) {
    return { type: "refused", error: error instanceof ApiError ? error : errorFrom(0, null) };
  }
}

interface Kept {
  readonly username: string;
  readonly held: Assignment | null;
}

function restore(empty: Desk, slug: string, username: string): Desk {
  const kept = tab.read(slug) as Kept | null; // written by this page alone, in this tab
  const work = kept?.username === username ? kept.held : null;
  return { ...empty, work };
}
