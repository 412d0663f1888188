import { Table, UnstyledButton } from "@mantine/core";
import { useState, type ReactNode } from "react";

import type { Case, CaseLabel } from "@/api/types";
import { MathText } from "@/shared/mathematics/MathText";
import { Ago } from "@/shared/text/Ago";
import { clock, percent } from "@/shared/text/format";
import { labelTexts } from "@/shared/text/label-texts";
import { Letter, saidAt, SaidMark } from "@/shared/text/Said";
import frame from "@/shared/text/Solution.module.css";

import { LETTERS } from "../actions";
import classes from "../review.module.css";
import { texts } from "../texts";
import { rowsOf, standing, type Row } from "./rows";

/** The labels side by side on one column of steps; runs of steps over which all agree are one row until they are asked for. */
export function Labels({ found }: { found: Case }) {
  const [all, showAll] = useState(false);
  const rows: Row[] = all ? found.solution.steps.map((_, step) => ({ step })) : rowsOf(found);
  return (
    <section aria-label={texts.steps.heading}>
      <Table.ScrollContainer minWidth={560}>
        <Table className={classes.table} verticalSpacing="xs">
          <Heads found={found} />
          <Table.Tbody>
            {rows.map((row) =>
              "step" in row ? (
                <StepRow key={row.step} found={found} step={row.step} />
              ) : (
                <Run key={row.from} row={row} found={found} onShow={() => showAll(true)} />
              ),
            )}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {(all || rows.some((row) => "from" in row)) && (
        <UnstyledButton className={classes.toggle} aria-expanded={all} onClick={() => showAll(!all)}>
          {all ? texts.steps.hide : texts.steps.showAll}
        </UnstyledButton>
      )}
      <Asides labels={found.labels} />
    </section>
  );
}

/** What labelers ask: it stands above their ratings, for somebody waits for the answer. */
export function Questions({ labels }: { labels: readonly CaseLabel[] }) {
  return labels.map(
    ({ id, comment }, index) =>
      comment?.is_question && (
        <p key={id} className={classes.question}>
          <Letter>{LETTERS[index]!}</Letter> {texts.label.asks} <q>{comment.text}</q>
        </p>
      ),
  );
}

function Heads({ found }: { found: Case }) {
  const stands = standing(found);
  return (
    <Table.Thead>
      <Table.Tr>
        <Table.Th>{texts.steps.step}</Table.Th>
        {found.labels.map((label, index) => (
          <Table.Th key={label.id} className={classes.rating}>
            <Letter>{LETTERS[index]!}</Letter> {stands === label.id && <em>{texts.label.kept}</em>}
            <span className={classes.by}>{texts.label.by(label.username ?? label.labeler.slice(0, 8), labelTexts.source[label.source])}</span>
          </Table.Th>
        ))}
        {found.step_probs && <Table.Th className={classes.model}>{texts.steps.model}</Table.Th>}
      </Table.Tr>
    </Table.Thead>
  );
}

function StepRow({ found, step }: { found: Case; step: number }) {
  return (
    <Table.Tr>
      <Table.Td className={frame.step}>
        <span className={frame.number}>{step + 1}</span>
        <div>
          <MathText text={found.solution.steps[step]!} />
          {found.labels.map((label, index) => step === label.ratings.length - 1 && <Instead key={label.id} label={label} letter={LETTERS[index]!} />)}
        </div>
      </Table.Td>
      {found.labels.map((label) => (
        <Table.Td key={label.id} className={classes.rating}>
          <SaidMark of={saidAt(label, step)} />
        </Table.Td>
      ))}
      {found.step_probs && <Table.Td className={classes.model}>{percent(found.step_probs[step] ?? 0, 0)}</Table.Td>}
    </Table.Tr>
  );
}

function Run({ row, found, onShow }: { row: { from: number; to: number }; found: Case; onShow: () => void }) {
  return (
    <Table.Tr>
      <Table.Td colSpan={1} className={classes.run}>
        {texts.steps.alike(row.from + 1, row.to + 1)} <UnstyledButton onClick={onShow}>{texts.steps.show}</UnstyledButton>
      </Table.Td>
      {found.labels.map((label) => (
        <Table.Td key={label.id} className={classes.rating} />
      ))}
      {found.step_probs && <Table.Td />}
    </Table.Tr>
  );
}

/** What a label says could stand in the place of its first mistake. */
function Instead({ label, letter }: { label: CaseLabel; letter: string }): ReactNode {
  if (label.alternatives.length === 0) return null;
  return (
    <ul className={classes.instead} aria-label={`${letter} · ${texts.steps.instead}`}>
      {label.alternatives.map(({ text, rating, flagged }) => (
        <li key={text}>
          {letter} <SaidMark of={flagged ? "unsure" : rating} /> <MathText text={text} />
        </li>
      ))}
    </ul>
  );
}

/** How each pass ended, and what its labeler remarked. */
function Asides({ labels }: { labels: readonly CaseLabel[] }) {
  return (
    <ul className={classes.asides}>
      {labels.map((label, index) => (
        <li key={label.id}>
          <Letter>{LETTERS[index]!}</Letter> {labelTexts.finish[label.finish_reason]}
          {label.total_time > 0 && ` · ${clock(label.total_time)}`} · <Ago at={label.submitted_at} />
          {label.reason && <q>{label.reason}</q>}
          {label.comment && !label.comment.is_question && (
            <span className={classes.comment}>
              {texts.label.remarks} <q>{label.comment.text}</q>
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
