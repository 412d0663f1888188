import "@mantine/charts/styles.css";
import { LineChart } from "@mantine/charts";

import { seriesColor } from "@/shared/figures/palette";
import { count } from "@/shared/text/format";

import { hour } from "../describe";
import { watching } from "../texts.watch";
import type { Moment } from "./burndown";

const words = watching.burndown;
const SERIES = [
  { name: "left", label: words.left, color: seriesColor("picks") },
  { name: "fast", label: words.fast, color: seriesColor("control"), strokeDasharray: "2 4" },
  { name: "likely", label: words.likely, color: seriesColor("picks"), strokeDasharray: "6 4" },
  { name: "slow", label: words.slow, color: seriesColor("control"), strokeDasharray: "2 4" },
];

/** Passes left over time, and from now on the range they may be made in. Loaded on demand: it brings the charts along. */
export default function BurndownChart({ moments }: { moments: readonly Moment[] }) {
  const open = moments.some(({ likely }) => likely !== undefined);
  return (
    <LineChart
      h={240}
      data={moments.map((moment) => ({ ...moment }))}
      dataKey="at"
      series={open ? SERIES : SERIES.slice(0, 1)}
      curveType="linear"
      withDots={false}
      connectNulls
      withLegend={open}
      lineProps={{ isAnimationActive: false }}
      valueFormatter={(value) => count(Math.round(value))}
      xAxisProps={{ type: "number", scale: "time", domain: ["dataMin", "dataMax"], tickFormatter: (at: number) => hour(at) }}
      yAxisProps={{ domain: [0, "auto"], allowDecimals: false }}
      tooltipProps={{ labelFormatter: (at: unknown) => (typeof at === "number" ? hour(at) : "") }} // asked before anything is pointed at, too
    />
  );
}
