import { lazy } from "react";

import { Figure, type Column } from "@/shared/figures/Figure";
import { count, moment, span } from "@/shared/text/format";

import { hour } from "../describe";
import type { Burndown } from "../queries";
import { watching } from "../texts.watch";
import { moments } from "./burndown";

const BurndownChart = lazy(() => import("./BurndownChart"));
const words = watching.burndown;

type Point = Burndown["points"][number];

const COLUMNS: readonly Column<Point>[] = [
  { title: words.at, value: ({ at }) => moment(at) },
  { title: words.y, value: ({ left }) => left, show: count },
  { title: words.passes, value: ({ passes }) => passes, show: count },
];

/** Passes still wanted over time, and the range of when there are none: or why that can't be told. */
export function BurndownFigure({ number, burndown }: { number: number; burndown: Burndown }) {
  return (
    <Figure
      title={words.title}
      sentence={sentence(burndown)}
      axes={{ x: words.x, y: words.y }}
      columns={COLUMNS}
      rows={burndown.points}
      empty={burndown.undefined ?? words.empty}
      file={`generation-${number}-burndown`}
    >
      <BurndownChart moments={moments(burndown)} />
    </Figure>
  );
}

/** Such as `34 passes made, 12 still wanted. Likely full 14:05, in about 40 min; between 13:50 and 14:40 …`. */
function sentence({ made, left, finish, undefined: why }: Burndown): string {
  if (finish === null) return `${left > 0 ? words.closed(made, left) : words.made(made, left)} ${why ?? ""}`;
  const { earliest, likely, latest, passes, seconds } = finish;
  if (earliest === null || likely === null) return `${words.made(made, left)} ${watching.undefined(why ?? "")}`;
  const range = latest === null ? words.since(hour(Date.parse(earliest))) : words.between(hour(Date.parse(earliest)), hour(Date.parse(latest)));
  const away = span((Date.parse(likely) - Date.now()) / 1000);
  return [words.made(made, left), words.likelyAt(hour(Date.parse(likely)), away), `${range},`, words.rests(passes, span(seconds))].join(" ");
}
