import { MathText } from "@/shared/mathematics/MathText";

import classes from "../quality.module.css";
import { texts } from "./texts";

interface GoldStepsProps {
  readonly steps: readonly string[];
  readonly firstMistakes: readonly number[];
}

/** A solution's steps, those marked in words and by a bar that may be called the first mistake. */
export function GoldSteps({ steps, firstMistakes }: GoldStepsProps) {
  return (
    <ol className={classes.steps}>
      {steps.map((step, index) => {
        const mistaken = firstMistakes.includes(index);
        return (
          <li key={index} className={classes.step} data-mistake={mistaken || undefined}>
            <span className={classes.number}>{index + 1}</span>
            <MathText text={step} />
            {mistaken && <span className={classes.mark}>✕ {texts.one.mistake}</span>}
          </li>
        );
      })}
    </ol>
  );
}
