import classes from "./browse.module.css";
import type { KnownLabel } from "./queries";
import { texts } from "./texts";

const NAMES = { "-1": "bad", "0": "okay", "1": "great" } as const;
const SHAPES = { bad: "✕", okay: "–", great: "✓", unsure: "?" } as const;

/** A rating by its shape, its word and its colour together; a line where the pass had ended. */
export function Mark({ of }: { of: keyof typeof SHAPES | null }) {
  if (of === null) return <span className={classes.unrated} role="img" aria-label={texts.one.unrated} />;
  return (
    <span className={classes.mark} data-rating={of}>
      <span aria-hidden>{SHAPES[of]}</span> {texts.ratings[of]}
    </span>
  );
}

/** What a rating is called; null is unsure only where the labeler said so. */
export function named(rating: number | null, unsure: boolean): keyof typeof SHAPES | null {
  if (rating === null) return unsure ? "unsure" : null;
  return NAMES[String(rating) as keyof typeof NAMES];
}

export function ratingAt(label: KnownLabel, step: number): keyof typeof SHAPES | null {
  return named(label.ratings[step] ?? null, label.flagged.includes(step));
}
