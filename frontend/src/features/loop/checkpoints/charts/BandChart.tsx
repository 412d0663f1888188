import "@mantine/charts/styles.css";
import { CompositeChart } from "@mantine/charts";
import { Area } from "recharts";

import { percent } from "@/shared/text/format";

import { Legend } from "./Legend";
import { Tip } from "./Tip";

export interface Point {
  readonly x: number;
  readonly y: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface Line {
  readonly name: string;
  readonly color: string;
  /** Told apart without its colour too. */
  readonly dash?: string;
  readonly points: readonly Point[];
}

interface BandChartProps {
  readonly lines: readonly Line[];
  readonly height: number;
  /** What a place on the x axis is called in the tip. */
  readonly at: (x: string) => string;
  readonly show?: (value: number) => string;
}

const TICKS = [0, 0.25, 0.5, 0.75, 1];
const PALE = 0.14;

/** Lines over the same places, each in the band of its interval. Loaded on demand: it brings the charts along. */
export default function BandChart({ lines, height, at, show = percent }: BandChartProps) {
  const lowest = Math.min(0, ...lines.flatMap(({ points }) => points.map(({ y, low }) => low ?? y))); // a kappa can lie below 0
  const tick = (value: number) => (show === percent ? percent(value, 0) : value.toFixed(2));
  return (
    <>
      <Legend entries={lines} />
      <CompositeChart
        h={height}
        data={rows(lines)}
        dataKey="x"
        series={lines.map(({ name, color, dash }) => ({ name, color, type: "line" as const, strokeDasharray: dash ?? "0" }))}
        curveType="linear"
        lineProps={{ isAnimationActive: false }}
        yAxisProps={{ domain: [lowest, 1], ticks: lowest < 0 ? [lowest, ...TICKS] : TICKS, tickFormatter: tick }}
        tooltipProps={{ content: ({ label }) => <Tip title={at(String(label))} lines={said(lines, Number(label), show)} /> }}
      >
        {lines.map(({ name, color }) => (
          <Area
            key={name}
            dataKey={(row: Row) => row.bands[name]}
            name={`${name} band`}
            type="linear"
            stroke="none"
            fill={color}
            fillOpacity={PALE}
            activeDot={false}
            isAnimationActive={false}
            connectNulls
          />
        ))}
      </CompositeChart>
    </>
  );
}

interface Row {
  readonly x: number;
  readonly bands: Readonly<Record<string, readonly [number, number]>>;
}

/** One row a place, with each line's value under its name. */
function rows(lines: readonly Line[]): Row[] {
  const places = [...new Set(lines.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  return places.map((x) => {
    const here = lines.flatMap(({ name, points }) => points.filter((point) => point.x === x).map((point) => ({ name, ...point })));
    return {
      ...Object.fromEntries(here.map(({ name, y }) => [name, y])),
      x,
      bands: Object.fromEntries(here.flatMap(({ name, low, high }) => (low === null || high === null ? [] : [[name, [low, high] as const]]))),
    };
  });
}

function said(lines: readonly Line[], x: number, show: (value: number) => string): string[] {
  return lines.flatMap(({ name, points }) =>
    points
      .filter((point) => point.x === x)
      .map(({ y, low, high }) => `${name}: ${show(y)}${low === null || high === null ? "" : ` (${show(low)} – ${show(high)})`}`),
  );
}
