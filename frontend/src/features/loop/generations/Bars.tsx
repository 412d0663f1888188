import "@mantine/charts/styles.css";
import { BarChart } from "@mantine/charts";
import { Rectangle } from "recharts";

import { count } from "@/shared/text/format";

const HEIGHT = 240;
const TICKS = 12; // labels that an axis of many bars has room for

export interface Series {
  readonly name: string;
  readonly label: string;
  readonly color: string;
}

interface Bar {
  readonly [name: string]: string | number | null | undefined;
}

interface BarsProps {
  readonly data: readonly Bar[];
  /** Names the bars along the axis. */
  readonly over: string;
  readonly series: readonly Series[];
  readonly stacked?: boolean;
  readonly show?: (value: number) => string;
  /** The name on the axis, where a bar's own would be too long. */
  readonly tick?: (name: string) => string;
  /** Of a single series: each bar brings `low` and `high`, and the interval is drawn on it. */
  readonly interval?: boolean;
}

/** Bars, loaded on demand: they bring the charts along. */
export default function Bars({ data, over, series, stacked = false, show = count, tick, interval = false }: BarsProps) {
  return (
    <BarChart
      h={HEIGHT}
      data={data.map((bar) => ({ ...bar }))}
      dataKey={over}
      type={stacked ? "stacked" : "default"}
      series={series.map((each) => ({ ...each }))}
      withLegend={series.length > 1}
      maxBarWidth={48}
      barProps={{ isAnimationActive: false, ...(interval && { shape: WithInterval }) }}
      valueFormatter={show}
      yAxisProps={{ allowDecimals: show !== count, ...(interval && { domain: [0, 1] }) }}
      xAxisProps={{ interval: Math.ceil(data.length / TICKS) - 1, ...(tick && { tickFormatter: tick }) }}
    />
  );
}

interface ShapeProps {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly background?: { readonly y: number; readonly height: number };
  readonly payload: { readonly low?: number | null; readonly high?: number | null };
}

/** The bar with a whisker over its interval. The axis goes from 0 to 1, so the plot's height is the unit. */
function WithInterval(shape: unknown) {
  const { x, width, background, payload } = shape as ShapeProps;
  const { low, high } = payload;
  const bar = <Rectangle {...(shape as object)} />;
  if (low == null || high == null || !background) return bar;
  const [middle, foot] = [x + width / 2, background.y + background.height];
  const at = (share: number) => foot - share * background.height;
  const [top, bottom, half] = [at(high), at(low), Math.min(6, width / 4)];
  return (
    <g>
      {bar}
      <path
        d={`M${middle - half} ${top}h${2 * half}M${middle} ${top}V${bottom}M${middle - half} ${bottom}h${2 * half}`}
        stroke="var(--mantine-color-text)"
        strokeWidth={1.5}
        fill="none"
      />
    </g>
  );
}
