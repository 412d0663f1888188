import { Progress as Bar } from "@mantine/core";
import { Link } from "react-router";

import { isRunning } from "@/api/queries";
import type { Generation, Progress } from "@/api/types";
import { paths } from "@/shared/paths";
import { progressSentence } from "@/shared/states/JobProgress";
import { count, span } from "@/shared/text/format";

import classes from "./home.module.css";
import { shareDone, standings, type Stop, type StopState } from "./loop";
import type { Finish } from "./queries";
import { texts } from "./texts";

const SIGNS: Readonly<Record<StopState, string>> = { done: "✓", now: "●", failed: "✕", ahead: "○", idle: "○" };

interface LoopProps {
  readonly slug: string;
  readonly progress: Progress;
  readonly champion: number | null;
  readonly finish: Finish | null;
}

/** The loop itself, drawn once and live; each stop opens its page. */
export function Loop({ slug, progress, champion, finish }: LoopProps) {
  const share = shareDone(progress.generation);
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
      <div className={classes.now}>
        <p>{nowSentence(progress, finish)}</p>
        {share !== null && <Bar value={share * 100} size="sm" aria-label={texts.loop.share} />}
      </div>
    </section>
  );
}

/** Such as `Generation 4 · scoring · 7,560 of 12,391 · 61% · 310/s · about 4 min left`. */
export function nowSentence(progress: Progress, finish: Finish | null): string {
  return progress.generation ? underWay(progress.generation, finish) : resting(progress);
}

function resting({ solutions, grades, batch }: Progress): string {
  if (grades?.ungraded) return texts.loop.grading;
  if (!solutions) return texts.loop.nothing;
  return batch ? texts.loop.ahead(count(batch.done), count(batch.open + batch.leased + batch.done)) : texts.loop.rests;
}

function underWay(generation: Generation, finish: Finish | null): string {
  const job = generation.jobs.find(isRunning);
  const progress = job ? progressSentence(job) : "";
  const end = generation.state === "labeling" ? endSentence(finish) : "";
  const says = end ? generation.sentence.replace(/\.$/, "") : generation.sentence;
  const parts = [texts.loop.generation(generation.number), texts.states[generation.state], progress || says, end];
  return parts.filter(Boolean).join(" · ");
}

/** When the batch may be full, as a range; nothing is promised where too few passes tell of a pace. */
function endSentence(finish: Finish | null): string {
  if (!finish?.earliest) return "";
  const from = secondsTo(finish.earliest);
  if (!finish.latest) return texts.loop.fullAtLeast(span(from));
  const [low, high] = [span(from), span(secondsTo(finish.latest))];
  return low === high ? texts.loop.fullIn(low) : texts.loop.fullWithin(low, high);
}

function secondsTo(at: string): number {
  return Math.max(0, (Date.parse(at) - Date.now()) / 1000);
}

function pageOf(slug: string, stop: Stop, generation: Generation | null): string {
  if (stop === "import" || stop === "grade") return paths.import(slug);
  if (stop === "promote" || stop === "evaluate" || stop === "train") return paths.checkpoints(slug);
  return generation ? paths.generation(slug, generation.number) : paths.generations(slug);
}
