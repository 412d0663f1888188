import { useLayoutEffect, useMemo, useRef, useState } from "react";

import type { Assignment } from "@/api/types";
import { useKeys } from "@/shared/keys/use-keys";
import { useStable } from "@/shared/use-stable";

import { held, type Sent } from "../desk/desk";
import type { DeskHandle } from "../desk/use-desk";
import { useRenewal } from "../desk/use-lease";
import classes from "../labeling.module.css";
import { isOfPage, KEYMAP, type Doing, type PassCommand } from "../pass/actions";
import { Bar } from "../pass/Bar";
import { answer, ending } from "../pass/machine";
import { Problem } from "../pass/Problem";
import { Steps } from "../pass/Steps";
import { useAnnouncement } from "../pass/use-announcement";
import { useHeight } from "../pass/use-height";
import { usePass, type PassHandle } from "../pass/use-pass";
import { texts } from "../texts";
import { CommentDialog } from "./CommentDialog";
import { EndingDialog, type Dialog } from "./dialogs";
import { Notices } from "./notices";
import type { PageHandle } from "./use-page";

interface WorkProps {
  readonly assignment: Assignment;
  /** Drawn out of sight, behind the one that is being rated: it takes no key, and its time has not begun. */
  readonly ahead: boolean;
  readonly handle: DeskHandle;
  readonly username: string;
  readonly page: PageHandle;
}

/** One assignment being rated. Mounted anew for each, so nothing of the one before is left. */
export function Work({ assignment, ahead, handle, username, page }: WorkProps) {
  const { desk } = handle;
  const pass = usePass(assignment, username, desk.revising && !ahead ? desk.last : null, !ahead);
  const [whole, setWhole] = useState(false);
  const problem = useRef<HTMLElement>(null);
  const foot = useRef<HTMLElement>(null);
  useHeight(problem, "--lh-pinned");
  useHeight(foot, "--lh-foot");
  const send = useSend(assignment, pass, handle, page);
  const perform = usePerform(pass, handle, page, send, () => setWhole(!whole));
  const pointAt = useStable((at: number) => pass.act({ type: "point", at }));
  useKeys(KEYMAP, perform, page.dialog === null && !ahead);
  useRenewal(
    useMemo(() => (ahead ? [] : held(desk)), [desk, ahead]),
    pass.clock.active,
    handle.lost,
  );
  useAnnouncement(pass.pass, page.announcer.say);
  useTop(whole);
  return (
    <div className={classes.page}>
      <Problem assignment={assignment} whole={whole} element={problem} perform={perform} />
      <Steps assignment={assignment} pass={pass.pass} inSight={!ahead} perform={perform} pointAt={pointAt} />
      <footer ref={foot} className={classes.foot}>
        {!ahead && <Notices handle={handle} restored={pass.restored} />}
        <Bar
          pass={pass.pass}
          sending={handle.outbox.waiting.length > 0}
          saved={desk.last !== null && !desk.revising}
          comment={pass.comment}
          perform={perform}
        />
      </footer>
      <Dialogs dialog={ahead ? null : page.dialog} close={() => page.setDialog(null)} pass={pass} send={send} />
    </div>
  );
}

type Send = (finish: "found_error" | "solution" | "give_up" | "bad_problem", reason: string) => void;

interface DialogsProps {
  readonly dialog: Dialog | null;
  readonly close: () => void;
  readonly pass: PassHandle;
  readonly send: Send;
}

/** What opens over a pass: the reason why it ends early, a comment on it. Mounted with the sheet ahead, or Enter would wait for it. */
function Dialogs({ dialog, close, pass, send }: DialogsProps) {
  return (
    <>
      <EndingDialog
        ending={dialog === "give_up" || dialog === "bad_problem" ? dialog : null}
        onClose={close}
        onReason={(how, reason) => {
          close();
          send(how, reason);
        }}
      />
      <CommentDialog
        opened={dialog === "comment"}
        comment={pass.comment}
        onClose={close}
        onComment={(comment) => {
          pass.setComment(comment);
          close();
        }}
      />
    </>
  );
}

function useSend(assignment: Assignment, { pass, comment, clock }: PassHandle, { submit }: DeskHandle, page: PageHandle): Send {
  return (finish_reason, reason) => {
    const total_time = Math.round(clock.total());
    const sent: Sent = { assignment, pass, totalTime: total_time, comment };
    const told = comment ? { comment } : {};
    submit(sent, { lease: assignment.lease.token, ...answer(pass), finish_reason, reason, total_time, ...told });
    page.announcer.say(texts.steps.sent);
  };
}

function usePerform(pass: PassHandle, handle: DeskHandle, page: PageHandle, send: Send, toggleWhole: () => void) {
  const commands: Readonly<Record<PassCommand, () => void>> = {
    submit: () => {
      const finish = ending(pass.pass);
      if (finish) send(finish, "");
    },
    reopen: () => (handle.desk.revising ? handle.putBack() : handle.reopen()),
    give_up: () => page.setDialog("give_up"),
    bad_problem: () => page.setDialog("bad_problem"),
    comment: () => page.setDialog("comment"),
    whole_problem: toggleWhole,
  };
  return useStable((doing: Doing): boolean => {
    if ("move" in doing) pass.act(doing.move);
    else if (isOfPage(doing.command)) page.obey(doing.command);
    else commands[doing.command]();
    return true;
  });
}

/** The whole problem is read from its beginning. */
function useTop(whole: boolean): void {
  useLayoutEffect(() => {
    if (whole) window.scrollTo(0, 0);
  }, [whole]);
}
