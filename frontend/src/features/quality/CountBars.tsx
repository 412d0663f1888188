import "@mantine/charts/styles.css";
import { BarChart } from "@mantine/charts";

import { count } from "@/shared/text/format";

interface CountBarsProps {
  readonly bars: readonly { readonly name: string; readonly count: number; readonly color: string }[];
  /** What is counted. */
  readonly label: string;
}

/** How often each of a few things happened. Loaded on demand: it brings the charts along. */
export default function CountBars({ bars, label }: CountBarsProps) {
  return (
    <BarChart
      h={240}
      data={bars.map((bar) => ({ ...bar }))}
      dataKey="name"
      series={[{ name: "count", label, color: "gray" }]}
      maxBarWidth={64}
      barProps={{ isAnimationActive: false }}
      valueFormatter={count}
      yAxisProps={{ allowDecimals: false }}
    />
  );
}
