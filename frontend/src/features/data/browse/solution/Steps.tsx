import { Group, Select, Switch, Table, Text } from "@mantine/core";
import { useState } from "react";

import { Section } from "@/shared/layout/Page";
import { MathText } from "@/shared/mathematics/MathText";
import { measure, percent } from "@/shared/text/format";
import { Letter, saidAt, SaidMark } from "@/shared/text/Said";
import frame from "@/shared/text/Solution.module.css";

import classes from "../browse.module.css";
import type { Known, KnownLabel, KnownScore } from "../queries";
import { texts } from "../texts";
import { letterOf } from "./letters";

const words = texts.one;
const BESIDE = 6; // labels beside the steps; the others are told below

/** The steps, what one checkpoint gives each, and what each label says of it. */
export function Steps({ known }: { known: Known }) {
  const [number, choose] = useState<number | null>(known.scores.find(({ champion }) => champion)?.checkpoint ?? known.scores[0]?.checkpoint ?? null);
  const [earlier, showEarlier] = useState(false);
  const score = known.scores.find(({ checkpoint }) => checkpoint === number) ?? null;
  const labels = known.labels.filter(({ current }) => earlier || current);
  return (
    <Section title={words.steps}>
      <Group align="end" gap="lg">
        <Scores scores={known.scores} chosen={number} choose={choose} />
        {known.labels.some(({ current }) => !current) && (
          <Switch label={words.earlier} checked={earlier} onChange={(event) => showEarlier(event.currentTarget.checked)} />
        )}
      </Group>
      {score && <Told score={score} />}
      {labels.length > BESIDE && <Text size="sm">{words.wide(BESIDE, labels.length)}</Text>}
      <StepTable known={known} probs={score?.step_probs ?? null} threshold={score?.threshold ?? null} labels={labels.slice(0, BESIDE)} />
    </Section>
  );
}

function Scores({ scores, chosen, choose }: { scores: readonly KnownScore[]; chosen: number | null; choose: (checkpoint: number) => void }) {
  if (scores.length === 0) return <Text c="dimmed">{words.noScore}</Text>;
  return (
    <Select
      label={words.scoresOf}
      description={words.neverCompared}
      w={420}
      maw="100%"
      allowDeselect={false}
      data={scores.map(({ checkpoint, champion }) => ({ value: String(checkpoint), label: texts.checkpoint(checkpoint, champion) }))}
      value={String(chosen)}
      onChange={(value) => value !== null && choose(Number(value))}
    />
  );
}

function Told({ score }: { score: KnownScore }) {
  if (score.step_probs === null) return <Text>{words.tooLong}</Text>;
  return (
    <Text>
      {score.log_score !== null && words.scored(measure(Math.exp(score.log_score)))}{" "}
      {score.uncertainty !== null && words.unsure(measure(score.uncertainty))}
    </Text>
  );
}

interface StepTableProps {
  readonly known: Known;
  readonly probs: readonly number[] | null;
  /** The first step below it is the one that the checkpoint calls the mistake. */
  readonly threshold: number | null;
  readonly labels: readonly KnownLabel[];
}

function StepTable({ known, probs, threshold, labels }: StepTableProps) {
  const doubted = threshold === null ? -1 : (probs?.findIndex((chance) => chance < threshold) ?? -1);
  return (
    <Table.ScrollContainer minWidth={560} scrollAreaProps={{ viewportProps: { tabIndex: 0, "aria-label": words.steps } }}>
      <Table className={classes.steps} verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.step}</Table.Th>
            {probs && <Table.Th className={classes.chance}>{words.chance}</Table.Th>}
            {labels.map((label) => (
              <Table.Th key={label.id} className={classes.rating}>
                <Letter>{letterOf(known.labels, label)}</Letter> {label.username ?? label.labeler.slice(0, 8)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {known.solution.steps.map((text, step) => (
            <Table.Tr key={step}>
              <Table.Td>
                <div className={frame.step}>
                  <span className={frame.number}>{step + 1}</span>
                  <div>
                    <MathText text={text} />
                  </div>
                </div>
              </Table.Td>
              {probs && (
                <Table.Td className={classes.chance}>
                  {step === doubted ? (
                    <strong title={words.doubted(measure(threshold ?? 0))}>{percent(probs[step] ?? 0, 0)}</strong>
                  ) : (
                    percent(probs[step] ?? 0, 0)
                  )}
                </Table.Td>
              )}
              {labels.map((label) => (
                <Table.Td key={label.id} className={classes.rating}>
                  <SaidMark of={saidAt(label, step)} />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
