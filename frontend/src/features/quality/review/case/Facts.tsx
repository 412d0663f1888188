import type { Case } from "@/api/types";
import { asMath } from "@/shared/mathematics/mathematics";
import { MathText } from "@/shared/mathematics/MathText";
import frame from "@/shared/text/Solution.module.css";

import classes from "../review.module.css";
import { texts } from "../texts";

/** The problem with its ground-truth answer. */
export function Statement({ found: { problem } }: { found: Case }) {
  return (
    <section className={frame.problem} aria-label={texts.problem.heading}>
      <div className={`${frame.statement} ${classes.statement}`}>
        <MathText text={problem.text} />
      </div>
      <div className={classes.answer}>
        <span className={classes.quiet}>{texts.problem.answer}</span>
        <span className={frame.box}>
          {problem.ground_truth_answer === null ? texts.problem.none : <MathText text={asMath(problem.ground_truth_answer)} />}
        </span>
      </div>
    </section>
  );
}

/** What the grade is, who gave it, and how many solutions end in the same answer. */
export function Grade({ found }: { found: Case }) {
  const { solution, problem } = found;
  const words = texts.grade;
  return (
    <p className={classes.grade}>
      {solution.answer === null ? words.noAnswer : <Ends answer={solution.answer} />}
      {found.same_answer > 1 && `, ${words.shared(found.same_answer, found.solutions)}`}
      {", "}
      <strong data-grade={solution.grade}>{solution.grade ? words.told[solution.grade] : words.ungraded}</strong>
      {solution.graded_by && ` ${words.by[solution.graded_by]}`}.{problem.retired_at && ` ${words.retired}`}
    </p>
  );
}

function Ends({ answer }: { answer: string }) {
  return (
    <>
      {texts.grade.ends("")}
      <MathText text={asMath(answer)} />
    </>
  );
}
