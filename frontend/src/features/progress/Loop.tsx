import { Link } from "react-router";

import { isRunning } from "@/api/queries";
import type { Generation, Progress } from "@/api/types";
import { progressSentence } from "@/shared/JobProgress";
import { paths } from "@/shared/paths";

import { standings, type Stop, type StopState } from "./loop";
import classes from "./progress.module.css";
import { texts } from "./texts";

const SIGNS: Readonly<Record<StopState, string>> = { done: "✓", now: "●", failed: "✕", ahead: "○", idle: "○" };

/** The loop itself, drawn once and live; each stop opens its page. */
export function Loop({ slug, progress, champion }: { slug: string; progress: Progress; champion: number | null }) {
  return (
    <section aria-label={texts.loop.heading} className={classes.loop}>
      <ol className={classes.stops}>
        {standings(progress, champion).map(({ stop, state, figure }) => (
          <li key={stop} className={classes.stop} data-state={state}>
            <Link to={pageOf(slug, stop, progress.generation)}>
              <span className={classes.sign} role="img" aria-label={texts.loop.state[state]}>
                {SIGNS[state]}
              </span>
              <span className={classes.name}>{texts.loop.stops[stop]}</span>
              <span className={classes.figure}>{figure ?? " "}</span>
            </Link>
          </li>
        ))}
      </ol>
      <p className={classes.now}>{nowSentence(progress.generation)}</p>
    </section>
  );
}

/** Such as `Generation 4 · scoring · 7,560 of 12,391 · 61% · 310/s · about 4 min left`. */
export function nowSentence(generation: Generation | null): string {
  if (!generation) return texts.loop.rests;
  const job = generation.jobs.find(isRunning);
  const progress = job ? progressSentence(job) : "";
  const parts = [texts.loop.generation(generation.number), texts.states[generation.state], progress || generation.sentence];
  return parts.filter(Boolean).join(" · ");
}

function pageOf(slug: string, stop: Stop, generation: Generation | null): string {
  if (stop === "import" || stop === "grade") return paths.import(slug);
  if (stop === "promote" || stop === "evaluate" || stop === "train") return paths.checkpoints(slug);
  return generation ? paths.generation(slug, generation.number) : paths.generations(slug);
}
