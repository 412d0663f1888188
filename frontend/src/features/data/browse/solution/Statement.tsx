import { Anchor, Text } from "@mantine/core";
import { Link } from "react-router";

import { asMath } from "@/shared/mathematics/mathematics";
import { MathText } from "@/shared/mathematics/MathText";
import { paths } from "@/shared/paths";
import { Copyable } from "@/shared/text/Copyable";
import { Prose } from "@/shared/text/Prose";
import frame from "@/shared/text/Solution.module.css";

import classes from "../browse.module.css";
import type { Known } from "../queries";
import { texts } from "../texts";

const words = texts.one;

/** The problem with its ground truth, and how the solution stands to it. */
export function Statement({ slug, known }: { slug: string; known: Known }) {
  const { problem } = known;
  return (
    <>
      <section className={`${frame.problem} ${classes.problem}`} aria-label={words.problem}>
        <div className={frame.statement}>
          <MathText text={problem.text} />
        </div>
        <div className={classes.truth}>
          {problem.ground_truth_answer === null ? (
            <span className={classes.quiet}>{words.noTruth}</span>
          ) : (
            <>
              <span className={classes.quiet}>{words.truth}</span>
              <span className={frame.box}>
                <MathText text={asMath(problem.ground_truth_answer)} />
              </span>
            </>
          )}
        </div>
        {problem.ground_truth_solution && (
          <details className={classes.reference}>
            <summary className={classes.more}>{words.reference}</summary>
            <Prose text={problem.ground_truth_solution} />
          </details>
        )}
      </section>
      <Grade slug={slug} known={known} />
    </>
  );
}

function Grade({ slug, known }: { slug: string; known: Known }) {
  const { solution, problem, same_answer, solutions, model } = known;
  return (
    <div>
      <Text>
        {solution.answer === null ? (
          words.noAnswer
        ) : (
          <>
            {words.ends} <MathText text={asMath(solution.answer)} />
          </>
        )}
        {same_answer > 1 && (
          <>
            {", "}
            <Anchor inherit underline="always" component={Link} to={paths.solutions(slug, `problem=${problem.id}`)}>
              {words.shared(same_answer - 1, solutions - 1)}
            </Anchor>
          </>
        )}
        {", "}
        <strong data-grade={solution.grade}>{words.graded[solution.grade ?? "none"]}</strong>
        {solution.graded_by && ` ${words.by[solution.graded_by]}`}. {problem.retired_at && words.retired}
      </Text>
      <Text size="sm" c="dimmed" component="div">
        {words.split(texts.splits[problem.split])} {model !== null && words.model(model)} {words.key}:{" "}
        <Copyable text={solution.key} shown={solution.key.slice(0, 24)} />{" "}
        {known.problem_key !== null && (
          <>
            {words.problemKey}: <Copyable text={known.problem_key} shown={known.problem_key.slice(0, 24)} />
          </>
        )}
      </Text>
    </div>
  );
}
