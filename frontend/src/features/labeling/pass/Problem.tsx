import { useRef, type RefObject } from "react";

import type { Assignment } from "@/api/types";
import { Key } from "@/shared/keys/Key";
import { asMath } from "@/shared/mathematics/mathematics";
import { MathText } from "@/shared/mathematics/MathText";
import { useOverflow } from "@/shared/mathematics/use-overflow";

import classes from "../labeling.module.css";
import { texts } from "../texts";
import { actionNamed, type Doing } from "./actions";

interface ProblemProps {
  readonly assignment: Assignment;
  /** Shown whole, and scrolling away with the steps; else pinned, and never more than a part of the page. */
  readonly whole: boolean;
  readonly element: RefObject<HTMLElement | null>;
  readonly perform: (doing: Doing) => void;
}

/** The problem and its ground-truth answer, in sight while the steps scroll under it. */
export function Problem({ assignment, whole, element, perform }: ProblemProps) {
  const answer = assignment.ground_truth_answer;
  const statement = useRef<HTMLDivElement>(null);
  const cut = useOverflow(statement);
  const scrolls = cut ? { tabIndex: 0, role: "group", "aria-label": texts.problem.heading } : {};
  return (
    <section ref={element} tabIndex={-1} className={classes.problem} data-whole={whole || undefined} aria-label={texts.problem.heading}>
      <div ref={statement} className={classes.statement} {...scrolls}>
        <MathText text={assignment.problem} />
      </div>
      <div className={classes.side}>
        <div className={classes.answer}>
          <span className={classes.answerWord}>{texts.problem.answer}</span>
          <span className={classes.answerBox}>{answer === null ? texts.problem.noAnswer : <MathText text={asMath(answer)} />}</span>
        </div>
        {(cut || whole) && <Whole whole={whole} perform={perform} />}
      </div>
    </section>
  );
}

function Whole({ whole, perform }: Pick<ProblemProps, "whole" | "perform">) {
  const action = actionNamed("whole_problem");
  return (
    <button type="button" className={classes.quiet} aria-pressed={whole} aria-keyshortcuts={action.keys[0]} onClick={() => perform(action.does)}>
      {action.label()} <Key of={action.keys[0]!} />
    </button>
  );
}
