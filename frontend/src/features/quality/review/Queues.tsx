import type { QueueKind } from "@/api/types";
import { count } from "@/shared/text/format";

import classes from "./review.module.css";
import { texts } from "./texts";

const MANY = 1_000;

interface QueuesProps {
  readonly counts: readonly { readonly kind: QueueKind; readonly count: number }[];
  readonly chosen: QueueKind | null;
  readonly onChoose: (kind: QueueKind) => void;
}

/** How many of each kind remain; the empty ones are there, and quiet. */
export function Queues({ counts, chosen, onChoose }: QueuesProps) {
  return (
    <div role="group" aria-label={texts.queues.name} className={classes.queues}>
      {counts.map(({ kind, count: waiting }) => (
        <button
          key={kind}
          type="button"
          className={classes.queue}
          aria-pressed={kind === chosen}
          disabled={waiting === 0}
          onClick={() => onChoose(kind)}
        >
          {texts.queues[kind]} <span className={classes.count}>{waiting >= MANY ? texts.queues.many : count(waiting)}</span>
        </button>
      ))}
    </div>
  );
}
