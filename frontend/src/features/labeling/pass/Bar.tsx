import { Button } from "@mantine/core";

import { Key } from "@/shared/keys/Key";

import type { Comment } from "../desk/desk";
import classes from "../labeling.module.css";
import { texts } from "../texts";
import { actionNamed, type Doing } from "./actions";
import { ending, firstBad, openAlternatives, place, type Pass } from "./machine";

interface BarProps {
  readonly pass: Pass;
  readonly sending: boolean;
  readonly saved: boolean;
  readonly comment: Comment | null;
  readonly perform: (doing: Doing) => void;
}

/** What can be done with the pass as a whole; lit when it is complete. `sending` and `saved` tell of the one before. */
export function Bar({ pass, sending, saved, comment, perform }: BarProps) {
  const complete = ending(pass) !== null;
  return (
    <div className={classes.bar}>
      <div className={classes.barSide}>
        <Quiet name="back" perform={perform} />
        {place(pass).on === "step" && <Quiet name="unsure" perform={perform} />}
        <Quiet name="comment" ellipsis={comment === null} said={comment && texts.comment.edit(comment.is_question)} perform={perform} />
        <Quiet name="give_up" ellipsis perform={perform} />
        <Quiet name="bad_problem" ellipsis perform={perform} />
      </div>
      <div className={classes.barSide}>
        <Status {...{ pass, sending, saved, perform }} />
        <Button
          data-disabled={!complete || undefined}
          aria-disabled={!complete} // not disabled: it would lose the focus at a rating taken back
          aria-keyshortcuts="Enter"
          rightSection={<Key of="Enter" />}
          onClick={() => perform({ command: "submit" })}
        >
          {actionNamed("submit").label()}
        </Button>
      </div>
    </div>
  );
}

function Status({ pass, sending, saved, perform }: Omit<BarProps, "comment">) {
  if (saved && pass.ratings.length === 0) {
    return (
      <span className={classes.status}>
        {sending ? texts.bar.sending : texts.bar.saved} ·{" "}
        <button type="button" className={classes.quietLink} onClick={() => perform({ command: "reopen" })}>
          {texts.bar.reopenHint}
        </button>
      </span>
    );
  }
  const left = leftToRate(pass);
  return left > 0 ? <span className={classes.status}>{texts.bar.left(left)}</span> : null;
}

interface QuietProps {
  readonly name: string;
  readonly ellipsis?: boolean;
  /** What stands in the action's place once there is something. */
  readonly said?: string | null;
  readonly perform: (doing: Doing) => void;
}

function Quiet({ name, ellipsis, said, perform }: QuietProps) {
  const action = actionNamed(name);
  return (
    <button
      type="button"
      className={classes.quiet}
      data-said={said ? true : undefined}
      aria-keyshortcuts={action.keys[0]}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => perform(action.does)}
    >
      {said ? `✎ ${said}` : action.label()}
      {ellipsis ? " …" : ""} <Key of={action.keys[0]!} />
    </button>
  );
}

/** Steps or alternatives that have no rating yet. */
export function leftToRate(pass: Pass): number {
  if (firstBad(pass) !== null) return openAlternatives(pass).filter((id) => !(id in pass.judged)).length;
  return pass.task.steps - pass.ratings.length;
}
