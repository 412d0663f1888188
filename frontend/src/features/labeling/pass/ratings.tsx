import { memo } from "react";

import { Key } from "@/shared/keys/Key";
import { useLanguage } from "@/shared/language/language";

import classes from "../labeling.module.css";
import { actionNamed, type Doing } from "./actions";
import type { Judgement } from "./machine";

type Name = "bad" | "okay" | "great" | "unsure";

const NAMES: Readonly<Record<Judgement, Name>> = { "-1": "bad", "0": "okay", "1": "great", unsure: "unsure" };
const SHAPES: Readonly<Record<Name, string>> = { bad: "✕", okay: "–", great: "✓", unsure: "?" };

export const ON_STEP: readonly Name[] = ["bad", "okay", "great"];
export const ON_ALTERNATIVE: readonly Name[] = [...ON_STEP, "unsure"];

export function wordFor(judgement: Judgement): string {
  return actionNamed(NAMES[judgement]).label();
}

/** A rating that was given: shape, word and colour. */
export function Rated({ judgement }: { judgement: Judgement }) {
  const name = NAMES[judgement];
  return (
    <span className={classes.rated} data-rating={name}>
      <span aria-hidden className={classes.shape}>
        {SHAPES[name]}
      </span>
      {wordFor(judgement)}
    </span>
  );
}

interface ButtonsProps {
  readonly names: readonly Name[];
  readonly chosen: Judgement | undefined;
  readonly label: string;
  readonly perform: (doing: Doing) => void;
}

/** The buttons of the step at the cursor, each with its key on it. */
export const RatingButtons = memo(function RatingButtons({ names, chosen, label, perform }: ButtonsProps) {
  useLanguage();
  return (
    <div role="group" aria-label={label} className={classes.buttons}>
      {names.map((name) => (
        <RatingButton key={name} name={name} pressed={chosen !== undefined && NAMES[chosen] === name} perform={perform} />
      ))}
    </div>
  );
});

function RatingButton({ name, pressed, perform }: { name: Name; pressed: boolean; perform: (doing: Doing) => void }) {
  const action = actionNamed(name);
  return (
    <button
      type="button"
      className={classes.button}
      data-rating={name}
      aria-pressed={pressed}
      aria-keyshortcuts={action.keys[0]}
      onMouseDown={(event) => event.preventDefault()} // the hand may use the mouse once and go on with the keys
      onClick={() => perform(action.does)}
    >
      <span aria-hidden className={classes.shape}>
        {SHAPES[name]}
      </span>
      {action.label()}
      <Key of={action.keys[0]!} />
    </button>
  );
}
