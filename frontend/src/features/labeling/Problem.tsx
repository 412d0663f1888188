import type { Assignment } from "@/api/types";
import { asMath } from "@/shared/mathematics";
import { MathText } from "@/shared/MathText";

import classes from "./labeling.module.css";
import { texts } from "./texts";

/** The problem and its ground-truth answer, in sight while the steps scroll under it. */
export function Problem({ assignment }: { assignment: Assignment }) {
  const answer = assignment.ground_truth_answer;
  return (
    <section className={classes.problem} aria-label={texts.problem.heading}>
      <div className={classes.statement}>
        <MathText text={assignment.problem} />
      </div>
      <div className={classes.answer}>
        <span className={classes.answerWord}>{texts.problem.answer}</span>
        <span className={classes.answerBox}>{answer === null ? texts.problem.noAnswer : <MathText text={asMath(answer)} />}</span>
      </div>
    </section>
  );
}
