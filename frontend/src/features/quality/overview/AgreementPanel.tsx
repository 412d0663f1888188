import { Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { agreementQuery } from "@/api/queries";
import type { Agreement } from "@/api/types";
import { dictionary } from "@/shared/language/language";
import { WideTable } from "@/shared/layout/WideTable";
import { Loaded } from "@/shared/states/states";
import { Ago } from "@/shared/text/Ago";
import { count, measure, NONE, percent, plural } from "@/shared/text/format";

const words = dictionary({
  of: (solutions: number, newest: number) =>
    solutions < newest
      ? `All ${plural(solutions, "solution")} that several labelers finished; neither screening nor running checks.`
      : `The newest ${plural(solutions, "solution")} that several labelers finished; neither screening nor running checks.`,
  unknown: (passes: number) =>
    `${plural(passes, "pass", "passes")} left a step unsure before any Bad, so the first mistake is unknown there: only alpha counts the steps rated.`,
  intervals: (resamples: number) => `95% intervals from ${count(resamples)} resamples of the solutions.`,
  measured: "Measured",
  figure: "Figure",
  value: "Value",
  interval: "95% interval",
  n: "n",
  exact: { name: "Same first mistake", detail: "Both labelers of a pair name the same step, or both find none." },
  within_one: { name: "Within one step", detail: "The same, or first mistakes one step apart." },
  kappa: { name: "Cohen's kappa", detail: "Whether each found a mistake at all, beyond what chance would give: 0 is chance, 1 is always." },
  alpha: {
    name: "Krippendorff's alpha, by step",
    detail: "Bad, Okay and Great as an order. Steps behind a labeler's first mistake are missing, not agreement.",
  },
  pairs: (n: number) => plural(n, "pair"),
  steps: (n: number) => plural(n, "step"),
});

const FIGURES = [
  { of: "exact", show: percent, n: words.pairs },
  { of: "within_one", show: percent, n: words.pairs },
  { of: "kappa", show: measure, n: words.pairs },
  { of: "alpha", show: measure, n: words.steps },
] as const;
type Figure = (typeof FIGURES)[number];

/** Whether labelers agree where several worked on one solution: each figure with its n, its interval, or why it has none. */
export function AgreementPanel({ slug }: { slug: string }) {
  return <Loaded query={useQuery(agreementQuery(slug))}>{(agreement) => <Figures agreement={agreement} />}</Loaded>;
}

function Figures({ agreement }: { agreement: Agreement }) {
  const { solutions, unknown, newest, resamples, measured_at, exact } = agreement;
  if (solutions === 0) return <Text c="dimmed">{exact.undefined}</Text>;
  return (
    <>
      <Text size="sm" c="dimmed">
        {words.of(solutions, newest)} {words.intervals(resamples)} {words.measured} <Ago at={measured_at} />.
        {unknown > 0 && ` ${words.unknown(unknown)}`}
      </Text>
      <WideTable name={words.figure} minWidth={620} heads={[words.figure, { number: words.value }, { number: words.interval }, { number: words.n }]}>
        {FIGURES.map((figure) => (
          <Row key={figure.of} figure={figure} agreement={agreement} />
        ))}
      </WideTable>
    </>
  );
}

function Row({ figure: { of, show, n }, agreement }: { figure: Figure; agreement: Agreement }) {
  const { value, low, high, n: counted, undefined: why } = agreement[of];
  return (
    <Table.Tr>
      <Table.Td>
        {words[of].name}
        <Text size="sm" c="dimmed">
          {words[of].detail}
        </Text>
        {why && <Text size="sm">{why}</Text>}
      </Table.Td>
      <Table.Td ta="right">{value === null ? NONE : show(value)}</Table.Td>
      <Table.Td ta="right">{low === null || high === null ? NONE : `${show(low)} – ${show(high)}`}</Table.Td>
      <Table.Td ta="right">{n(counted)}</Table.Td>
    </Table.Tr>
  );
}
