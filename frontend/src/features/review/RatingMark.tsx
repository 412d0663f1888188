import classes from "./review.module.css";
import type { Cell } from "./rows";
import { texts } from "./texts";

const NAMES = { "-1": "bad", "0": "okay", "1": "great", unsure: "unsure" } as const;
const SHAPES = { bad: "✕", okay: "–", great: "✓", unsure: "?" } as const;

/** A rating as everywhere: shape, word and colour; nothing where the step was not rated. */
export function RatingMark({ of }: { of: Cell }) {
  if (of === null) return <span className={classes.unrated} aria-label={texts.steps.unrated} role="img" />;
  const name = NAMES[String(of) as keyof typeof NAMES];
  return (
    <span className={classes.mark} data-rating={name}>
      <span aria-hidden>{SHAPES[name]}</span> {texts.ratings[name]}
    </span>
  );
}
