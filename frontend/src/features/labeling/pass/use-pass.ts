import { useCallback, useEffect, useReducer, useState } from "react";

import type { Assignment } from "@/api/types";

import type { Comment, Sent } from "../desk/desk";
import { draftKey, findDraft, keepDraft } from "../desk/draft";
import { begin, move, resume, type Move, type Pass, type Task } from "./machine";
import { useClock, type ClockHandle } from "./use-clock";

export function taskOf(assignment: Assignment): Task {
  const ids = Object.entries(assignment.alternatives).map(([step, offered]) => [step, offered.map(({ id }) => id)] as const);
  return { steps: assignment.steps.length, alternatives: Object.fromEntries(ids) };
}

interface Beginning {
  readonly pass: Pass;
  readonly totalTime: number;
  readonly comment: Comment | null;
  readonly restored: boolean;
}

export interface PassHandle {
  readonly pass: Pass;
  readonly restored: boolean;
  readonly act: (by: Move) => void;
  readonly comment: Comment | null;
  readonly setComment: (comment: Comment | null) => void;
  readonly clock: ClockHandle;
}

/** The pass over an assignment: what was sent of it, else what was kept of it, else a new one; kept at every move. */
export function usePass(assignment: Assignment, username: string, sent: Sent | null, running: boolean): PassHandle {
  const key = draftKey(username, assignment.solution_id);
  const [start] = useState(() => beginning(assignment, key, sent));
  const [pass, act] = useReducer(move, start.pass);
  const [comment, setComment] = useState(start.comment);
  const clock = useClock(start.totalTime, running);
  const { total } = clock;

  const changed = pass !== start.pass || comment !== start.comment || start.restored;
  const keep = useCallback(() => changed && keepDraft(key, pass, comment, total(), Date.now()), [changed, key, pass, comment, total]);
  useEffect(() => {
    keep();
    window.addEventListener("pagehide", keep);
    return () => window.removeEventListener("pagehide", keep);
  }, [keep]);

  return { pass, restored: start.restored, act, comment, setComment, clock };
}

function beginning(assignment: Assignment, key: string, sent: Sent | null): Beginning {
  const task = taskOf(assignment);
  const draft = findDraft(key, task);
  if (draft) return { ...kept(draft), pass: resume(task, draft), restored: sent === null };
  if (sent) return { ...kept(sent), pass: sent.pass, restored: false };
  return { pass: begin(task), totalTime: 0, comment: null, restored: false };
}

function kept({ totalTime, comment = null }: Pick<Sent, "totalTime" | "comment">): Pick<Beginning, "totalTime" | "comment"> {
  return { totalTime, comment };
}
