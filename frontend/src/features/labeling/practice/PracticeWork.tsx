import { Alert, Button, VisuallyHidden } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useReducer, useRef, useState, type ReactNode } from "react";

import { Key } from "@/shared/keys/Key";
import { useKeys } from "@/shared/keys/use-keys";
import { useStable } from "@/shared/use-stable";

import labeling from "../labeling.module.css";
import { actionNamed, type Doing } from "../pass/actions";
import { leftToRate } from "../pass/Bar";
import { answer, begin, ending, move, type Pass } from "../pass/machine";
import { Problem } from "../pass/Problem";
import { Steps } from "../pass/Steps";
import { useAnnouncement, useAnnouncer } from "../pass/use-announcement";
import { useHeight } from "../pass/use-height";
import { PRACTICE_KEYS, type Dialog } from "./actions";
import { asAssignment, practise, type PracticeItem } from "./queries";
import { Reveal } from "./Reveal";
import { texts } from "./texts";

interface WorkProps {
  readonly slug: string;
  readonly item: PracticeItem;
  readonly place: ReactNode;
  readonly last: boolean;
  /** Whether no dialog is open, so that the keys are the page's. */
  readonly idle: boolean;
  readonly setDialog: (dialog: Dialog) => void;
  readonly onNext: () => void;
  readonly onAgain: () => void;
}

/** One practice solution: rated with the labeler's own keys and rows, then answered. Mounted anew for each pass. */
export function PracticeWork({ slug, item, place, last, idle, setDialog, onNext, onAgain }: WorkProps) {
  const [assignment] = useState(() => asAssignment(item));
  const [pass, act] = useReducer(move, null, () => begin({ steps: item.steps.length, alternatives: {} }));
  const [whole, setWhole] = useState(false);
  const asked = useMutation({ mutationFn: ({ ratings, flagged }: ReturnType<typeof answer>) => practise(slug, item.id, { ratings, flagged }) });
  const announcer = useAnnouncer();
  const problem = useRef<HTMLElement>(null);
  useHeight(problem, "--lh-pinned");
  const perform = useStable((doing: Doing): boolean => {
    if ("move" in doing) act(doing.move);
    else if (doing.command === "submit" && ending(pass) && !asked.isPending) asked.mutate(answer(pass));
    else if (doing.command === "whole_problem") setWhole(!whole);
    else if (doing.command === "help" || doing.command === "instructions") setDialog(doing.command);
    return true;
  });
  useKeys(PRACTICE_KEYS, perform, idle && !asked.data);
  useAnnouncement(pass, announcer.say);
  return (
    <div className={labeling.page}>
      {place}
      <Problem assignment={assignment} whole={whole} element={problem} perform={perform} />
      <VisuallyHidden role="status" ref={announcer.line} />
      {asked.data ? (
        <Reveal item={item} pass={pass} feedback={asked.data} last={last} idle={idle} setDialog={setDialog} onNext={onNext} onAgain={onAgain} />
      ) : (
        <>
          <Steps assignment={assignment} pass={pass} inSight perform={perform} pointAt={(at) => act({ type: "point", at })} />
          <Foot pass={pass} failed={asked.isError} waiting={asked.isPending} perform={perform} />
        </>
      )}
    </div>
  );
}

interface FootProps {
  readonly pass: Pass;
  readonly failed: boolean;
  readonly waiting: boolean;
  readonly perform: (doing: Doing) => void;
}

function Foot({ pass, failed, waiting, perform }: FootProps) {
  const left = leftToRate(pass);
  return (
    <footer className={labeling.foot}>
      {failed && <Alert role="alert" color="orange" title={texts.practice.failed} />}
      <div className={labeling.bar}>
        <div className={labeling.barSide}>
          <Quiet name="back" perform={perform} />
          <Quiet name="unsure" perform={perform} />
        </div>
        <div className={labeling.barSide}>
          {left > 0 && <span className={labeling.status}>{texts.practice.left(left)}</span>}
          <Button
            disabled={ending(pass) === null}
            loading={waiting}
            aria-keyshortcuts="Enter"
            rightSection={<Key of="Enter" />}
            onClick={() => perform({ command: "submit" })}
          >
            {texts.practice.check}
          </Button>
        </div>
      </div>
    </footer>
  );
}

function Quiet({ name, perform }: { name: string; perform: (doing: Doing) => void }) {
  const action = actionNamed(name);
  return (
    <button
      type="button"
      className={labeling.quiet}
      aria-keyshortcuts={action.keys[0]}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => perform(action.does)}
    >
      {action.label()} <Key of={action.keys[0]!} />
    </button>
  );
}
