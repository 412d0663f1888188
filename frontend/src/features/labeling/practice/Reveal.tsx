import { Alert, Button, VisuallyHidden } from "@mantine/core";
import { useEffect, useRef, useState } from "react";

import { Key } from "@/shared/keys/Key";
import { useKeys } from "@/shared/keys/use-keys";
import { MathText } from "@/shared/mathematics/MathText";
import { useStable } from "@/shared/use-stable";

import labeling from "../labeling.module.css";
import type { Judgement, Pass } from "../pass/machine";
import { Rated } from "../pass/ratings";
import { REVEAL_KEYS, type Dialog, type Telling } from "./actions";
import classes from "./practice.module.css";
import type { Feedback, PracticeItem } from "./queries";
import { outcome, verdicts, type Verdict } from "./reveal";
import { texts } from "./texts";

interface RevealProps {
  readonly item: PracticeItem;
  readonly pass: Pass;
  readonly feedback: Feedback;
  readonly last: boolean;
  readonly idle: boolean;
  readonly setDialog: (dialog: Dialog) => void;
  readonly onNext: () => void;
  readonly onAgain: () => void;
}

/** What the team says, told step by step: the reader compares each with what they had said, and hears why at the end. */
export function Reveal({ item, pass, feedback, last, idle, setDialog, onNext, onAgain }: RevealProps) {
  const told = verdicts(item.steps.length, feedback);
  const [shown, setShown] = useState(1);
  const whole = shown >= told.length;
  const perform = useStable((telling: Telling): boolean => {
    if (telling === "on" && whole) onNext();
    else if (telling === "on") setShown(shown + 1);
    else if (telling === "all") setShown(told.length);
    else if (telling === "again") onAgain();
    else setDialog(telling);
    return true;
  });
  useKeys(REVEAL_KEYS, perform, idle);
  const names = (verdict: Verdict) => verdictName(verdict, feedback);
  return (
    <>
      <ol className={labeling.steps} aria-label={texts.practice.team}>
        {told.slice(0, shown).map((verdict, step) => (
          <Row
            key={step}
            step={step}
            text={item.steps[step]!}
            verdict={verdict}
            name={names(verdict)}
            judgement={pass.ratings[step]}
            newest={step === shown - 1}
          />
        ))}
      </ol>
      <VisuallyHidden role="status">{texts.practice.revealed(shown, names(told[shown - 1]!))}</VisuallyHidden>
      {whole && <Word feedback={feedback} />}
      <Foot whole={whole} last={last} perform={perform} />
    </>
  );
}

function verdictName(verdict: Verdict, { first_mistakes }: Feedback): string {
  const { verdict: names } = texts.practice;
  return verdict === "mistake" && first_mistakes.length > 1 ? names.one_of : names[verdict];
}

interface RowProps {
  readonly step: number;
  readonly text: string;
  readonly verdict: Verdict;
  readonly name: string;
  readonly judgement: Judgement | undefined;
  readonly newest: boolean;
}

const SHAPES: Readonly<Record<Verdict, string>> = { sound: "✓", mistake: "✕", unsaid: "·" };

function Row({ step, text, verdict, name, judgement, newest }: RowProps) {
  const element = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (newest) element.current?.scrollIntoView?.({ block: "nearest" });
  }, [newest]);
  return (
    <li ref={element} className={labeling.row} data-state={newest ? "current" : "rated"}>
      <span className={labeling.number}>{step + 1}</span>
      <dl className={classes.words}>
        <div>
          <dt>{texts.practice.you}</dt>
          <dd>{judgement === undefined ? texts.practice.none : <Rated judgement={judgement} />}</dd>
        </div>
        <div>
          <dt>{texts.practice.team}</dt>
          <dd className={classes.verdict} data-verdict={verdict}>
            <span aria-hidden>{SHAPES[verdict]}</span> {name}
          </dd>
        </div>
      </dl>
      <div className={labeling.text}>
        <MathText text={text} />
      </div>
    </li>
  );
}

function Word({ feedback }: { feedback: Feedback }) {
  return (
    <Alert role="status" color={feedback.agreed ? undefined : "orange"} variant="light" title={texts.practice.outcome[outcome(feedback)]}>
      {feedback.explanation ? <MathText text={feedback.explanation} /> : texts.practice.noReason}
    </Alert>
  );
}

function Foot({ whole, last, perform }: { whole: boolean; last: boolean; perform: (telling: Telling) => void }) {
  const on = whole ? texts.practice.finish : texts.practice.on;
  return (
    <footer className={labeling.foot}>
      <div className={labeling.bar}>
        <div className={labeling.barSide}>
          <Quiet keyed="a" label={texts.practice.again} onClick={() => perform("again")} />
          {!whole && <Quiet keyed="e" label={texts.practice.all} onClick={() => perform("all")} />}
        </div>
        <div className={labeling.barSide}>
          <Button aria-keyshortcuts="Enter" rightSection={<Key of="Enter" />} onClick={() => perform("on")}>
            {whole && last ? texts.practice.end : on}
          </Button>
        </div>
      </div>
    </footer>
  );
}

function Quiet({ keyed, label, onClick }: { keyed: string; label: string; onClick: () => void }) {
  return (
    <button type="button" className={labeling.quiet} aria-keyshortcuts={keyed} onMouseDown={(event) => event.preventDefault()} onClick={onClick}>
      {label} <Key of={keyed} />
    </button>
  );
}
