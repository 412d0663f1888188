import { Anchor, Table, Text } from "@mantine/core";
import { Link } from "react-router";

import { Section } from "@/shared/layout/Page";
import { WideTable } from "@/shared/layout/WideTable";
import { MathText } from "@/shared/mathematics/MathText";
import { paths } from "@/shared/paths";
import { Ago } from "@/shared/text/Ago";
import { count, measure, named, NONE } from "@/shared/text/format";
import { labelTexts } from "@/shared/text/label-texts";

import classes from "../browse.module.css";
import type { Known } from "../queries";
import { texts } from "../texts";

const words = texts.one;

/** Which generations picked it, and how likely that was. */
export function Picks({ slug, known: { picks } }: { slug: string; known: Known }) {
  return (
    <Section title={words.picks}>
      {picks.length === 0 ? (
        <Text c="dimmed">{words.noPick}</Text>
      ) : (
        <WideTable
          name={words.picks}
          minWidth={560}
          className={classes.list}
          verticalSpacing="xs"
          heads={[
            texts.solutions.generation,
            words.stratum,
            { number: words.rank },
            { number: words.chanceOfPick },
            { number: words.scoreThen },
            words.state,
          ]}
        >
          {picks.map((pick) => (
            <Table.Tr key={`${pick.generation} ${pick.stratum}`}>
              <Table.Td>
                {pick.generation < 0 ? (
                  texts.generation(pick.generation)
                ) : (
                  <Anchor inherit component={Link} to={paths.generation(slug, pick.generation)}>
                    {texts.generation(pick.generation)}
                  </Anchor>
                )}
              </Table.Td>
              <Table.Td>{named(texts.strata, pick.stratum)}</Table.Td>
              <Table.Td ta="right">{count(pick.rank)}</Table.Td>
              <Table.Td ta="right">{pick.inclusion_probability === null ? NONE : measure(pick.inclusion_probability)}</Table.Td>
              <Table.Td ta="right">{pick.log_score === null ? NONE : measure(Math.exp(pick.log_score))}</Table.Td>
              <Table.Td>{texts.states[pick.state]}</Table.Td>
            </Table.Tr>
          ))}
        </WideTable>
      )}
    </Section>
  );
}

/** Other texts that a step could have had. */
export function Alternatives({ known: { alternatives } }: { known: Known }) {
  if (alternatives.length === 0) return null;
  const steps = [...new Set(alternatives.map(({ step }) => step))];
  return (
    <Section title={words.alternatives}>
      {steps.map((step) => (
        <div key={step}>
          <Text size="sm" fw={600}>
            {words.alternativesTo(step + 1)}
          </Text>
          <ul className={classes.plain}>
            {alternatives
              .filter((each) => each.step === step)
              .map(({ id, text, source }) => (
                <li key={id}>
                  <MathText text={text} /> {source && <span className={classes.quiet}>{source}</span>}
                </li>
              ))}
          </ul>
        </div>
      ))}
    </Section>
  );
}

export function GoldOf({ known: { gold } }: { known: Known }) {
  if (gold === null) return null;
  const purpose = texts.purposes[gold.purpose];
  return (
    <Section title={words.gold}>
      <Text>
        {gold.first_mistakes.length === 0 ? words.goldNone(purpose) : words.goldAt(purpose, gold.first_mistakes.map((step) => step + 1).join(", "))}{" "}
        {gold.retired_at && words.goldRetired}
      </Text>
    </Section>
  );
}

/** Who decided what on it, when and why; the newest first. */
export function History({ known: { rulings } }: { known: Known }) {
  if (rulings.length === 0) return null;
  return (
    <Section title={words.history}>
      <ol reversed className={classes.plain}>
        {[...rulings].reverse().map(({ id, kind, decided_by, decided_at, reason }) => (
          <li key={id}>
            {labelTexts.rulings[kind]} {decided_by && words.ruledBy(decided_by)} · <Ago at={decided_at} />
            {reason && <q>{reason}</q>}
          </li>
        ))}
      </ol>
    </Section>
  );
}
