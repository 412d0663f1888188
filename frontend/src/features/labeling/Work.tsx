import { VisuallyHidden } from "@mantine/core";
import { useMemo } from "react";

import type { Assignment } from "@/api/types";
import { useKeys } from "@/shared/use-keys";
import { useStable } from "@/shared/use-stable";

import { KEYMAP, type Command, type Doing } from "./actions";
import { Bar } from "./Bar";
import { held, type Sent } from "./desk";
import { EndingDialog, type Dialog } from "./dialogs";
import classes from "./labeling.module.css";
import { answer, ending, type Pass } from "./machine";
import { Notices } from "./notices";
import { Problem } from "./Problem";
import { Steps } from "./Steps";
import { useAnnouncement } from "./use-announcement";
import type { DeskHandle } from "./use-desk";
import { useRenewal } from "./use-lease";
import { usePass, type PassHandle } from "./use-pass";

interface WorkProps {
  readonly assignment: Assignment;
  /** Drawn out of sight, behind the one that is being rated: it takes no key, and its time has not begun. */
  readonly ahead: boolean;
  readonly handle: DeskHandle;
  readonly username: string;
  readonly dialog: Dialog | null;
  readonly setDialog: (dialog: Dialog | null) => void;
}

/** One assignment being rated. Mounted anew for each, so nothing of the one before is left. */
export function Work({ assignment, ahead, handle, username, dialog, setDialog }: WorkProps) {
  const { desk } = handle;
  const pass = usePass(assignment, username, desk.revising && !ahead ? desk.last : null, !ahead);
  const send = useSend(assignment, pass, handle);
  const perform = usePerform(pass, handle, send, setDialog);
  const pointAt = useStable((at: number) => pass.act({ type: "point", at }));
  useKeys(KEYMAP, perform, dialog === null && !ahead);
  useRenewal(useMemo(() => (ahead ? [] : held(desk)), [desk, ahead]), pass.clock.active, handle.lost);
  return (
    <div className={classes.page}>
      <Problem assignment={assignment} />
      {!ahead && <Notices handle={handle} restored={pass.restored} />}
      <Steps assignment={assignment} pass={pass.pass} inSight={!ahead} perform={perform} pointAt={pointAt} />
      <Bar pass={pass.pass} sending={handle.outbox.waiting.length > 0} saved={desk.last !== null && !desk.revising} perform={perform} />
      <VisuallyHidden role="status">{useAnnouncement(pass.pass)}</VisuallyHidden>
      <EndingDialog
        ending={!ahead && (dialog === "give_up" || dialog === "bad_problem") ? dialog : null}
        onClose={() => setDialog(null)}
        onReason={(how, reason) => {
          setDialog(null);
          send(how, reason);
        }}
      />
    </div>
  );
}

type Send = (finish: "found_error" | "solution" | "give_up" | "bad_problem", reason: string) => void;

function useSend(assignment: Assignment, { pass, clock }: PassHandle, { submit }: DeskHandle): Send {
  return (finish_reason, reason) => {
    const total_time = Math.round(clock.total());
    const sent: Sent = { assignment, pass, totalTime: total_time };
    submit(sent, { lease: assignment.lease.token, ...answer(pass), finish_reason, reason, total_time });
  };
}

function usePerform({ pass, act }: PassHandle, handle: DeskHandle, send: Send, setDialog: (dialog: Dialog) => void) {
  return useStable((doing: Doing): boolean => {
    if ("move" in doing) act(doing.move);
    else obey(doing.command, pass, handle, send, setDialog);
    return true;
  });
}

function obey(command: Command, pass: Pass, handle: DeskHandle, send: Send, setDialog: (dialog: Dialog) => void): void {
  if (command === "submit") {
    const finish = ending(pass);
    if (finish) send(finish, "");
  } else if (command === "reopen") {
    if (handle.desk.revising) handle.putBack();
    else handle.reopen();
  } else {
    setDialog(command);
  }
}
