import "@mantine/charts/styles.css";

import { ScatterChart, type ScatterChartProps } from "@mantine/charts";
import { ErrorBar } from "recharts";

import { Legend, type Mark } from "./Legend";
import { Tip } from "./Tip";

export interface Dot {
  readonly x: number;
  readonly y: number;
  /** Ends of the interval along `along`; the dot itself where there is none. */
  readonly low: number;
  readonly high: number;
  readonly title: string;
  readonly lines: readonly string[];
}

export interface Dots {
  readonly name: string;
  readonly color: string;
  readonly mark: Exclude<Mark, "line">;
  readonly dots: readonly Dot[];
}

interface IntervalChartProps extends Pick<ScatterChartProps, "xAxisProps" | "yAxisProps" | "referenceLines"> {
  readonly groups: readonly Dots[];
  readonly along: "x" | "y";
  readonly height: number;
}

const HALF = 9; // px of a tick, up and down

/** Points with their intervals. Loaded on demand: it brings the charts along. */
export default function IntervalChart({ groups, along, height, ...axes }: IntervalChartProps) {
  const drawn = groups.filter(({ dots }) => dots.length > 0);
  return (
    <>
      <Legend entries={drawn} />
      <ScatterChart
        h={height}
        data={drawn.map(({ name, color, mark, dots }) => ({
          name,
          color,
          data: dots.map((dot) => ({ ...dot, mark, reach: reach(dot, along) })) as never,
        }))}
        dataKey={{ x: "x", y: "y" }}
        gridAxis={along}
        scatterProps={{
          shape: Shape,
          children: <ErrorBar dataKey="reach" direction={along} width={5} strokeWidth={1.5} stroke="var(--lh-quiet)" isAnimationActive={false} />,
        }}
        tooltipProps={{ content: ({ payload }) => <Pointed dot={payload?.[0]?.payload as Dot | undefined} /> }}
        {...axes}
      />
    </>
  );
}

/** How far the interval goes to either side of the dot; nothing is drawn for none. */
const reach = (dot: Dot, along: "x" | "y") => (dot.low === dot.high ? null : [dot[along] - dot.low, dot.high - dot[along]]);

function Pointed({ dot }: { dot: Dot | undefined }) {
  return dot ? <Tip title={dot.title} lines={dot.lines} /> : null;
}

function Shape({ cx = 0, cy = 0, fill, payload }: { cx?: number; cy?: number; fill?: string; payload?: { mark: Mark } }) {
  if (payload?.mark === "tick") return <line x1={cx} x2={cx} y1={cy - HALF} y2={cy + HALF} stroke={fill} strokeWidth={2} strokeDasharray="2 2" />;
  return <circle cx={cx} cy={cy} r={5} fill={fill} />;
}
