import classes from "./Key.module.css";
import { shownKey } from "./keys";

/** The hint of a key, quiet enough to stand on every button. The button itself tells it to screen readers. */
export function Key({ of }: { of: string }) {
  return (
    <kbd aria-hidden className={classes.key}>
      {shownKey(of)}
    </kbd>
  );
}
