import type { Case, CaseLabel } from "@/api/types";
import { saidAt } from "@/shared/text/Said";

/** One step as the labels have it, or a run of steps over which they agree. */
export type Row = { readonly step: number } | { readonly from: number; readonly to: number };

/** The steps in order; where every label says the same of several in a row, one row for them all. */
export function rowsOf({ solution, labels }: Case): Row[] {
  const rows: Row[] = [];
  let from = 0;
  const close = (to: number) => rows.push(...(to > from ? [{ from, to }] : to === from ? [{ step: from }] : []));
  solution.steps.forEach((_, step) => {
    if (labels.length > 1 && agree(labels, step)) return;
    close(step - 1);
    rows.push({ step });
    from = step + 1;
  });
  close(solution.steps.length - 1);
  return rows;
}

function agree(labels: readonly CaseLabel[], step: number): boolean {
  const first = saidAt(labels[0]!, step);
  return first !== "unsure" && labels.every((label) => saidAt(label, step) === first);
}

/** The label that stands by the newest ruling that says so. */
export function standing({ rulings }: Case): number | null {
  const says = rulings.filter(({ kind }) => kind === "keep" || kind === "merge");
  return says.at(-1)?.label_id ?? null;
}
