import "@mantine/charts/styles.css";

import { BarChart } from "@mantine/charts";
import { Table, Text } from "@mantine/core";

import type { Histogram } from "@/api/types";
import { count } from "@/shared/format";
import { seriesColor } from "@/shared/palette";

import { texts } from "./texts";

const words = texts.preview;
const TICKS = 5;
const SERIES = [
  { name: "picks", label: words.picksSeries, color: seriesColor("picks") },
  { name: "left", label: words.left, color: seriesColor("pool") },
];

/** The pool's scores with the picks marked in them, and the same as a table. Loaded on demand: it brings the charts along. */
export default function ScoreHistogram({ histogram }: { histogram: Histogram }) {
  const bins = histogram.pool.map((pool, bin) => {
    const picks = histogram.picks[bin] ?? 0;
    return { score: rangeOf(histogram.edges, bin), pool, picks, left: Math.max(0, pool - picks) }; // gate picks lie outside the pool
  });
  return (
    <figure style={{ margin: 0 }}>
      <Text component="figcaption" size="sm" mb="xs">
        {words.histogram}
      </Text>
      <BarChart
        h={240}
        data={bins}
        dataKey="score"
        type="stacked"
        series={SERIES}
        withLegend
        barProps={{ isAnimationActive: false }}
        xAxisLabel={words.histogramX}
        yAxisLabel={words.histogramY}
        xAxisProps={{ interval: Math.ceil(bins.length / TICKS) - 1, tickFormatter: startOf }}
        valueFormatter={count}
      />
      <details>
        <summary>
          <Text span size="sm" c="dimmed">
            {words.table}
          </Text>
        </summary>
        <Table verticalSpacing={2}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.bin}</Table.Th>
              <Table.Th ta="right">{words.pool}</Table.Th>
              <Table.Th ta="right">{words.picksSeries}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {bins.map(({ score, pool, picks }) => (
              <Table.Tr key={score}>
                <Table.Td>{score}</Table.Td>
                <Table.Td ta="right">{count(pool)}</Table.Td>
                <Table.Td ta="right">{count(picks)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </details>
    </figure>
  );
}

/** Where the range on the axis begins: the whole range of every few bars would leave no room for the others. */
const startOf = (range: string) => range.split("–")[0] ?? range;

function rangeOf(edges: readonly number[], bin: number): string {
  return `${edges[bin]?.toFixed(2)}–${edges[bin + 1]?.toFixed(2)}`;
}
