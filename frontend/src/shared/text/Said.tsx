import { dictionary } from "../language/language";
import classes from "./Said.module.css";

/** What a label says of a step: its rating, unsure, or nothing, where the pass had ended. */
export type Said = number | "unsure" | null;

const NAMES = { "-1": "bad", "0": "okay", "1": "great", unsure: "unsure" } as const;
const SHAPES = { bad: "✕", okay: "–", great: "✓", unsure: "?" } as const;
const words = dictionary({ unrated: "not rated", ratings: { bad: "Bad", okay: "Okay", great: "Great", unsure: "Unsure" } });

export const ratingWords: Readonly<Record<keyof typeof SHAPES, string>> = words.ratings;

/** A rating by its shape, its word and its colour together; a line where there is none. */
export function SaidMark({ of }: { of: Said }) {
  if (of === null) return <span className={classes.unrated} role="img" aria-label={words.unrated} />;
  const name = NAMES[String(of) as keyof typeof NAMES];
  return (
    <span className={classes.mark} data-rating={name}>
      <span aria-hidden>{SHAPES[name]}</span> {words.ratings[name]}
    </span>
  );
}

interface Ratings {
  readonly ratings: readonly (number | null)[];
  /** The steps that the labeler was unsure of. */
  readonly flagged: readonly number[];
}

export function saidAt({ ratings, flagged }: Ratings, step: number): Said {
  if (step >= ratings.length) return null;
  return ratings[step] ?? (flagged.includes(step) ? "unsure" : null);
}

/** What a label is called where several stand beside each other. */
export function Letter({ children }: { children: string }) {
  return <span className={classes.letter}>{children}</span>;
}
