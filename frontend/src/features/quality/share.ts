import type { components } from "@/api/schema";
import { count, NONE, percent } from "@/shared/text/format";

export type Rate = components["schemas"]["Rate"];

/** Such as `12/20 · 60%`; of none, a dash. */
export function shareOf({ hits, n }: Pick<Rate, "hits" | "n">): string {
  return n === 0 ? NONE : `${count(hits)}/${count(n)} · ${percent(hits / n, 0)}`;
}

/** Wilson's interval, such as `39%–78%`. */
export function intervalOf({ low, high }: Pick<Rate, "low" | "high">): string {
  return low === null || high === null ? NONE : `${percent(low, 0)}–${percent(high, 0)}`;
}

/** Steps as people count them, from 1; `none` where there is no mistake. */
export function stepsOf(firstMistakes: readonly number[], none: string): string {
  return firstMistakes.length === 0 ? none : firstMistakes.map((step) => step + 1).join(", ");
}
