import { useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";

import type { Case, Decision } from "@/api/types";
import { KeysHelp } from "@/shared/keys/KeysHelp";
import { useKeys } from "@/shared/keys/use-keys";
import { Failure, Loaded } from "@/shared/states/states";

import { ACTIONS, KEYMAP, type Asking, type Doing } from "../actions";
import { caseQuery, useRuling } from "../queries";
import classes from "../review.module.css";
import { Dialogs } from "../rulings/Dialogs";
import { may, Rulings } from "../rulings/Rulings";
import { texts } from "../texts";
import { Grade, Statement } from "./Facts";
import { History } from "./History";
import { Labels, Questions } from "./Labels";

interface CaseProps {
  readonly slug: string;
  readonly id: number;
  readonly why: string | null;
  readonly onDone: (id: number) => void;
  readonly onBack: (() => void) | null;
}

/** One case: the problem, what the grader says, the labels side by side, what was ruled before, and the ruling. */
export function CaseView({ slug, id, why, onDone, onBack }: CaseProps) {
  return (
    <Loaded query={useQuery(caseQuery(slug, id))}>
      {(found) => <Shown slug={slug} id={id} why={why} found={found} onDone={onDone} onBack={onBack} />}
    </Loaded>
  );
}

function Shown({ slug, id, why, found, onDone, onBack }: CaseProps & { found: Case }) {
  const [asking, ask] = useState<Asking | null>(null);
  const [help, setHelp] = useState(false);
  const ruling = useRuling(slug, id, () => {
    ask(null);
    onDone(id);
  });
  const { mutate } = ruling;
  const decide = useCallback((body: Decision) => mutate({ ...body, seen: found.rulings.at(-1)?.id ?? 0 }), [mutate, found]);
  const perform = useCallback(
    (doing: Doing): boolean => {
      if (!may(doing, found)) return false;
      if ("keep" in doing) decide({ kind: "keep", label: found.labels[doing.keep]!.id });
      else if ("ask" in doing) ask(doing.ask);
      else if (doing.command === "leave") decide({ kind: "leave" });
      else if (doing.command === "skip") onDone(id);
      else if (doing.command === "back") onBack?.();
      else setHelp(true);
      return true;
    },
    [found, decide, id, onDone, onBack],
  );
  useKeys(KEYMAP, perform, asking === null && !help && !ruling.isPending);
  return (
    <article className={classes.case}>
      {why && <p className={classes.why}>{why}</p>}
      <Statement found={found} />
      <Grade found={found} />
      <Questions labels={found.labels} />
      <Labels found={found} />
      {ruling.isError && <Failure error={ruling.error} title={texts.refused} />}
      <Rulings found={found} busy={ruling.isPending} returns={onBack !== null} perform={perform} />
      <History rulings={found.rulings} />
      <Dialogs asking={asking} found={found} onDecide={decide} onClose={() => ask(null)} />
      <KeysHelp actions={ACTIONS} opened={help} onClose={() => setHelp(false)} />
    </article>
  );
}
