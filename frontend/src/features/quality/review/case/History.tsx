import type { Ruling } from "@/api/types";
import { Ago } from "@/shared/text/Ago";
import { labelTexts } from "@/shared/text/label-texts";

import classes from "../review.module.css";
import { texts } from "../texts";

const words = texts.history;

/** Who decided what, when and why; the newest first. */
export function History({ rulings }: { rulings: readonly Ruling[] }) {
  if (rulings.length === 0) return null;
  return (
    <section aria-label={words.heading} className={classes.history}>
      <h2>{words.heading}</h2>
      <ol reversed>
        {[...rulings].reverse().map((ruling) => (
          <li key={ruling.id}>
            {labelTexts.rulings[ruling.kind]}
            {changed(ruling)} {ruling.decided_by && words.by(ruling.decided_by)} · <Ago at={ruling.decided_at} />
            {ruling.reason && <q>{ruling.reason}</q>}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** What was before and what is now, where the ruling changed something. */
function changed({ kind, detail }: Ruling): string {
  const told = detail as { before?: unknown; now?: unknown; instructions_version?: number | null };
  if (kind === "grade") return ` (${words.from(String((told.before as { grade: unknown }).grade), String(told.now))})`;
  if (kind === "ground_truth") return ` (${words.from(String(told.before), String(told.now))})`;
  return told.instructions_version ? ` (${words.entry(told.instructions_version)})` : "";
}
