import { memo, useEffect, useRef } from "react";

import type { Assignment } from "@/api/types";
import { useFocusKept } from "@/shared/keys/use-focus";
import { useLanguage } from "@/shared/language/language";
import { MathText } from "@/shared/mathematics/MathText";

import classes from "../labeling.module.css";
import { texts } from "../texts";
import type { Doing } from "./actions";
import { firstBad, openAlternatives, place, type Judgement, type Pass } from "./machine";
import { ON_ALTERNATIVE, ON_STEP, Rated, RatingButtons, wordFor } from "./ratings";

interface StepsProps {
  readonly assignment: Assignment;
  readonly pass: Pass;
  /** Whether the row at the cursor is to be kept in sight. */
  readonly inSight: boolean;
  readonly perform: (doing: Doing) => void;
  readonly pointAt: (stop: number) => void;
}

const LONG = 40; // steps; of a longer solution only what is in sight is laid out, and a key answers as soon as on a short one

/** The solution on one column: rated steps, the one at the cursor, those ahead; at the first Bad what could stand in its place. */
export function Steps({ assignment, pass, inSight, perform, pointAt }: StepsProps) {
  const element = useRef<HTMLElement>(null);
  const bad = firstBad(pass);
  const panel = openAlternatives(pass).length > 0 ? bad : null;
  useFocusKept(element, pass, (lost) => atCursor(element.current, lost));
  const shared = { assignment, pass, inSight, perform, pointAt };
  return (
    <section ref={element} aria-label={texts.steps.heading}>
      <ol className={classes.steps} data-long={assignment.steps.length > LONG || undefined}>
        {assignment.steps.slice(0, panel ?? (bad === null ? undefined : bad + 1)).map((_, step) => (
          <StepRow key={step} step={step} {...shared} />
        ))}
      </ol>
      {panel !== null && <Panel bad={panel} {...shared} />}
      {bad !== null && <Rest steps={assignment.steps} from={bad + 1} />}
    </section>
  );
}

/** The button of the row at the cursor that stands for the same rating as the one that was pressed, else its first. */
function atCursor(section: HTMLElement | null, lost: HTMLElement): HTMLElement | null {
  const row = section?.querySelector("[aria-current]");
  const same = lost.dataset.rating && row?.querySelector<HTMLElement>(`button[data-rating="${lost.dataset.rating}"]`);
  return same || row?.querySelector<HTMLElement>("button") || null;
}

function StepRow({ step, assignment, pass, inSight, perform, pointAt }: StepsProps & { step: number }) {
  const here = place(pass);
  const current = here.on === "step" && here.step === step;
  return (
    <Row
      number={String(step + 1)}
      label={texts.steps.step(step + 1)}
      text={assignment.steps[step]!}
      judgement={pass.ratings[step]}
      current={current}
      inSight={inSight && current}
      stop={step}
      alternative={false}
      perform={perform}
      pointAt={pointAt}
    />
  );
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** The step that was rated Bad, and under it each text that could stand in its place. */
function Panel({ bad, ...shared }: StepsProps & { bad: number }) {
  const { assignment, pass, inSight, perform, pointAt } = shared;
  const here = place(pass);
  const offered = assignment.alternatives[String(bad)] ?? [];
  return (
    <div className={classes.panel} role="group" aria-label={texts.steps.instruct}>
      <ol className={classes.steps} start={bad + 1}>
        <StepRow step={bad} {...shared} />
      </ol>
      <p className={classes.instead}>{texts.steps.instruct}</p>
      <ol className={classes.alternatives}>
        {offered.map(({ id, text }, index) => (
          <Row
            key={id}
            number={LETTERS[index] ?? ""}
            label={texts.steps.alternative(index + 1)}
            text={text}
            judgement={pass.judged[id]}
            current={here.on === "alternative" && here.id === id}
            inSight={inSight && here.on === "alternative" && here.id === id}
            stop={bad + 1 + index}
            alternative
            perform={perform}
            pointAt={pointAt}
          />
        ))}
      </ol>
    </div>
  );
}

function Rest({ steps, from }: { steps: readonly string[]; from: number }) {
  if (from >= steps.length) return null;
  return (
    <details className={classes.rest}>
      <summary>{texts.steps.unrated(steps.length - from)}</summary>
      <ol className={classes.steps} start={from + 1}>
        {steps.slice(from).map((text, index) => (
          <li key={index} className={classes.row} data-state="dim">
            <span className={classes.number}>{from + index + 1}</span>
            <span />
            <div className={classes.text}>
              <MathText text={text} />
            </div>
          </li>
        ))}
      </ol>
    </details>
  );
}

interface RowProps {
  /** A step has its number, an alternative its letter. */
  readonly number: string;
  readonly label: string;
  readonly text: string;
  readonly judgement: Judgement | undefined;
  readonly current: boolean;
  readonly inSight: boolean;
  readonly stop: number;
  readonly alternative: boolean;
  readonly perform: (doing: Doing) => void;
  readonly pointAt: (stop: number) => void;
}

/** Memoised: at a key press only the rows that changed are drawn again, also in a solution of 200 steps. */
const Row = memo(function Row(row: RowProps) {
  useLanguage();
  const element = useCursor(row.inSight);
  return (
    <li ref={element} className={classes.row} data-state={stateOf(row)} aria-current={row.current ? "step" : undefined}>
      <span className={classes.number}>{row.number}</span>
      <div className={classes.rating}>
        <RatingOf {...row} />
      </div>
      <div className={classes.text}>
        <MathText text={row.text} />
      </div>
    </li>
  );
});

function RatingOf({ current, judgement, label, alternative, stop, perform, pointAt }: RowProps) {
  if (current) {
    const names = alternative ? ON_ALTERNATIVE : ON_STEP;
    return <RatingButtons names={names} chosen={judgement} label={label} perform={perform} />;
  }
  if (judgement === undefined) return null;
  return (
    <button
      type="button"
      className={classes.chip}
      aria-label={texts.steps.rated(label, wordFor(judgement))}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => pointAt(stop)}
    >
      <Rated judgement={judgement} />
    </button>
  );
}

function stateOf({ current, judgement, alternative }: RowProps): string {
  if (current) return "current";
  return judgement === undefined && !alternative ? "ahead" : "rated";
}

/** Keeps the row at the cursor in sight; it moves only as far as needed. */
function useCursor(inSight: boolean) {
  const element = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (inSight) element.current?.scrollIntoView?.({ block: "nearest" });
  }, [inSight]);
  return element;
}
