import "@mantine/charts/styles.css";
import { BarChart } from "@mantine/charts";
import { Rectangle } from "recharts";

import { percent } from "@/shared/text/format";

export interface ShareBar {
  readonly name: string;
  /** Null where nothing could have happened. */
  readonly share: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly color: string;
}

interface ShareBarsProps {
  readonly bars: readonly ShareBar[];
  readonly label: string;
  readonly height: number;
}

const NAMES = 130; // px for the names beside the bars

/** Shares from 0 to 1 lying down, each with its interval. Loaded on demand: it brings the charts along. */
export default function ShareBars({ bars, label, height }: ShareBarsProps) {
  return (
    <BarChart
      h={height}
      data={bars.map((bar) => ({ ...bar }))}
      dataKey="name"
      orientation="vertical"
      gridAxis="x"
      series={[{ name: "share", label, color: "gray" }]}
      maxBarWidth={22}
      barProps={{ isAnimationActive: false, shape: WithInterval }}
      valueFormatter={(value) => percent(value)}
      xAxisProps={{ domain: [0, 1], tickFormatter: (value: number) => percent(value, 0) }}
      yAxisProps={{ width: NAMES, interval: 0 }}
    />
  );
}

interface Shape {
  readonly y: number;
  readonly height: number;
  readonly background?: { readonly x: number; readonly width: number };
  readonly payload: ShareBar;
}

/** The bar with a whisker over its interval. The axis goes from 0 to 1, so the plot's width is the unit. */
function WithInterval(shape: unknown) {
  const { y, height, background, payload } = shape as Shape;
  const { low, high } = payload;
  const bar = <Rectangle {...(shape as object)} />;
  if (low === null || high === null || !background) return bar;
  const at = (share: number) => background.x + share * background.width;
  const [from, to, middle, half] = [at(low), at(high), y + height / 2, Math.min(5, height / 3)];
  return (
    <g>
      {bar}
      <path
        d={`M${from} ${middle - half}v${2 * half}M${from} ${middle}H${to}M${to} ${middle - half}v${2 * half}`}
        stroke="var(--mantine-color-text)"
        strokeWidth={1.5}
        fill="none"
      />
    </g>
  );
}
