import { lazy } from "react";

import { Figure, type Column } from "@/shared/figures/Figure";
import { seriesColor } from "@/shared/figures/palette";
import { count } from "@/shared/text/format";

import type { GoldAnswer, KnownGold } from "../queries";
import { texts } from "../texts";

const CountBars = lazy(() => import("@/features/quality/CountBars"));
const words = texts.answers;

const COLUMNS: readonly Column<GoldAnswer>[] = [
  { title: words.answer, value: nameOf },
  { title: words.outcome, value: ({ outcome }) => (outcome === "agreed" ? words.agreed : words.differs) },
  { title: words.passes, value: (answer) => answer.count, show: count },
];

/** What was said of one gold label, by the step that was named. */
export function Answers({ gold: { id, answers, agreed } }: { gold: KnownGold }) {
  const bars = [...answers].sort(inOrder).map((answer) => ({
    name: nameOf(answer),
    count: answer.count,
    color: seriesColor(answer.outcome === "agreed" ? "right" : "wrong"),
  }));
  return (
    <Figure
      title={words.title}
      sentence={words.sentence(agreed.hits, agreed.n)}
      axes={{ x: words.x, y: words.y }}
      columns={COLUMNS}
      rows={answers}
      empty={words.empty}
      file={`gold-${id}-answers`}
    >
      <CountBars bars={bars} label={words.passes} />
    </Figure>
  );
}

export function nameOf({ finish_reason, said, outcome }: Pick<GoldAnswer, "finish_reason" | "said" | "outcome">): string {
  if (outcome === "unsure") return words.unsure;
  return said === null ? words.endings[finish_reason] : words.step(said);
}

/** By step, then what named none. */
function inOrder(a: GoldAnswer, b: GoldAnswer): number {
  return (a.said ?? Infinity) - (b.said ?? Infinity) || 0;
}
