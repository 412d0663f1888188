import { lazy } from "react";

import { Figure, type Column } from "@/shared/figures/Figure";
import { seriesColor } from "@/shared/figures/palette";
import { count, named, percent } from "@/shared/text/format";

import { itemsAt, type Watch } from "../queries";
import { texts } from "../texts";
import { watching } from "../texts.watch";

const Bars = lazy(() => import("../Bars"));

interface Of {
  readonly slug: string;
  readonly number: number;
}
type Stratum = Watch["composition"][number];
type Ending = Watch["mix"][number];
type Mistakes = Watch["mistakes"];

/** What the batch was to hold, and what it holds. */
export function Composition({ slug, number, rows }: Of & { rows: readonly Stratum[] }) {
  const words = watching.composition;
  const at = (filters: object) => (row: Stratum) => itemsAt(slug, number, { stratum: row.stratum, ...filters });
  const columns: readonly Column<Stratum>[] = [
    { title: words.stratum, value: ({ stratum }) => named(texts.strata, stratum) },
    { title: words.planned, value: ({ planned }) => planned, show: count },
    { title: words.items, value: ({ items }) => items, show: count, link: at({}) },
    { title: words.done, value: ({ done }) => done, show: count, link: at({ state: "done" }) },
    { title: words.withdrawn, value: ({ withdrawn }) => withdrawn, show: count, link: at({ state: "withdrawn" }) },
    { title: words.right, value: ({ right }) => right, show: count, link: at({ grade: "right" }) },
    { title: words.wrong, value: ({ wrong }) => wrong, show: count, link: at({ grade: "wrong" }) },
  ];
  const sum = (of: (row: Stratum) => number) => rows.reduce((all, row) => all + of(row), 0);
  const series = [
    { name: "planned", label: words.planned, color: seriesColor("pool") },
    { name: "items", label: words.items, color: seriesColor("picks") },
    { name: "done", label: words.done, color: seriesColor("right") },
  ];
  return (
    <Figure
      title={words.title}
      sentence={words.sentence(
        sum(({ items }) => items),
        sum(({ planned }) => planned),
      )}
      axes={{ x: words.x, y: words.y }}
      columns={columns}
      rows={rows}
      empty={words.empty}
      file={`generation-${number}-composition`}
    >
      <Bars data={rows.map((row) => ({ ...row }))} over="stratum" series={series} tick={(stratum) => named(texts.strataShort, stratum)} />
    </Figure>
  );
}

/** How passes end, with how sure that is. */
export function Mix({ slug, number, rows }: Of & { rows: readonly Ending[] }) {
  const words = watching.mix;
  const n = rows[0]?.share.n ?? 0;
  const columns: readonly Column<Ending>[] = [
    { title: words.ending, value: ({ finish_reason }) => words.endings[finish_reason] },
    {
      title: words.passes,
      value: (row) => row.count,
      show: count,
      link: ({ finish_reason }) => itemsAt(slug, number, { finish_reason }),
    },
    { title: watching.share, value: ({ share }) => share.value, show: percent },
    { title: words.low, value: ({ share }) => share.low, show: percent },
    { title: words.high, value: ({ share }) => share.high, show: percent },
  ];
  const bars = rows.map(({ finish_reason, share: { value, low, high } }) => ({ ending: words.short[finish_reason], share: value, low, high }));
  return (
    <Figure
      title={words.title}
      sentence={words.sentence(n)}
      axes={{ x: words.x, y: words.y }}
      columns={columns}
      rows={n === 0 ? [] : rows}
      empty={watching.undefined(rows[0]?.share.undefined ?? "")}
      file={`generation-${number}-endings`}
    >
      <Bars
        data={bars}
        over="ending"
        series={[{ name: "share", label: watching.share, color: seriesColor("picks") }]}
        show={(share) => percent(share, 0)}
        interval
      />
    </Figure>
  );
}

export function MistakeSteps({ slug, number, mistakes }: Of & { mistakes: Mistakes }) {
  const words = watching.mistakes;
  return (
    <Falls
      title={words.title}
      x={words.step}
      mistakes={mistakes}
      rows={mistakes.steps.map(({ step, count: passes }) => ({ at: step, passes }))}
      file={`generation-${number}-mistakes-by-step`}
      link={(at) => itemsAt(slug, number, { mistake: at })}
    />
  );
}

export function MistakeTenths({ slug, number, mistakes }: Of & { mistakes: Mistakes }) {
  const words = watching.mistakes;
  return (
    <Falls
      title={words.tenths}
      x={words.tenth}
      mistakes={mistakes}
      rows={mistakes.tenths.map(({ tenth, count: passes }) => ({ at: tenth, passes }))}
      file={`generation-${number}-mistakes-by-tenth`}
      link={(at) => itemsAt(slug, number, { tenth: at })}
    />
  );
}

interface FallsProps {
  readonly title: string;
  readonly x: string;
  readonly mistakes: Mistakes;
  readonly rows: readonly Fall[];
  readonly file: string;
  readonly link: (at: number) => string;
}

interface Fall {
  readonly at: number;
  readonly passes: number;
}

function Falls({ title, x, mistakes, rows, file, link }: FallsProps) {
  const words = watching.mistakes;
  const columns: readonly Column<Fall>[] = [
    { title: x, value: ({ at }) => at },
    { title: words.passes, value: ({ passes }) => passes, show: count, link: ({ at, passes }) => (passes === 0 ? null : link(at)) },
  ];
  return (
    <Figure
      title={title}
      sentence={words.sentence(mistakes.n)}
      axes={{ x, y: words.y }}
      columns={columns}
      rows={rows}
      empty={watching.undefined(mistakes.undefined ?? "")}
      file={file}
    >
      <Bars data={rows.map((row) => ({ ...row }))} over="at" series={[{ name: "passes", label: words.passes, color: seriesColor("wrong") }]} />
    </Figure>
  );
}
