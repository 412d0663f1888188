import "@mantine/charts/styles.css";

import { LineChart } from "@mantine/charts";
import { Table, Text } from "@mantine/core";

import { percent } from "@/shared/format";
import { seriesColor } from "@/shared/palette";

import type { BestOfN } from "./measures";
import { texts } from "./texts";

const words = texts.chart;
const SERIES = [
  { name: "best_of_n", label: words.bestOfN, color: seriesColor("challenger") },
  { name: "majority_vote", label: words.majority, color: seriesColor("majority") },
  { name: "oracle", label: words.oracle, color: seriesColor("control") },
] as const;

/** Accuracy by the number of attempts drawn, with its table. */
export default function BestOfNChart({ measures: { curves }, champion }: { measures: BestOfN; champion: boolean }) {
  const [own, ...others] = SERIES;
  const series = [{ ...own, color: seriesColor(champion ? "champion" : "challenger") }, ...others];
  const points = curves.best_of_n.map(({ n, mean }, index) => ({
    n,
    best_of_n: mean,
    majority_vote: curves.majority_vote[index]?.mean,
    oracle: curves.oracle[index]?.mean,
  }));
  return (
    <figure style={{ margin: "var(--mantine-spacing-sm) 0" }}>
      <Text component="figcaption" size="sm" mb="xs">
        {words.title}
      </Text>
      <LineChart
        h={280}
        data={points}
        dataKey="n"
        series={series}
        curveType="linear"
        withLegend
        lineProps={{ isAnimationActive: false }}
        xAxisLabel={words.x}
        yAxisLabel={words.y}
        valueFormatter={(value) => percent(value)}
        yAxisProps={{ tickFormatter: (value: number) => percent(value, 0) }}
      />
      <CurveTable points={points} />
    </figure>
  );
}

function CurveTable({ points }: { points: readonly Record<string, number | undefined>[] }) {
  return (
    <details>
      <summary>
        <Text span size="sm" c="dimmed">
          {words.table}
        </Text>
      </summary>
      <Table verticalSpacing={2}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th ta="right">{words.x}</Table.Th>
            {SERIES.map(({ name, label }) => (
              <Table.Th key={name} ta="right">
                {label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {points.map((point) => (
            <Table.Tr key={point["n"]}>
              <Table.Td ta="right">{point["n"]}</Table.Td>
              {SERIES.map(({ name }) => (
                <Table.Td key={name} ta="right">
                  {point[name] === undefined ? "" : percent(point[name])}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </details>
  );
}
