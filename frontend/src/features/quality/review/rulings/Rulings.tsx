import { Button } from "@mantine/core";

import type { Case } from "@/api/types";
import { Key } from "@/shared/keys/Key";

import { ACTIONS, type Doing } from "../actions";
import classes from "../review.module.css";
import { texts } from "../texts";

/** Whether the ruling makes sense for this case; what doesn't has neither button nor key. */
export function may(doing: Doing, { labels, problem, solution }: Case): boolean {
  const whole = (index: number) => ["found_error", "solution"].includes(labels[index]?.finish_reason ?? "");
  if ("keep" in doing) return whole(doing.keep);
  if (!("ask" in doing)) return true;
  switch (doing.ask) {
    case "answer":
      return labels.some(({ comment }) => comment?.is_question);
    case "gold":
      return labels.some((_, index) => whole(index));
    case "merge":
      return solution.steps.length > 0;
    case "retire":
      return problem.retired_at === null || labels.some(({ finish_reason }) => finish_reason === "bad_problem");
    case "restore":
      return problem.retired_at !== null;
    default:
      return true;
  }
}

interface RulingsProps {
  readonly found: Case;
  readonly busy: boolean;
  /** Whether there is a case to go back to. */
  readonly returns: boolean;
  readonly perform: (doing: Doing) => boolean;
}

/** What can be ruled here, each with its key. */
export function Rulings({ found, busy, returns, perform }: RulingsProps) {
  return (
    <div role="group" aria-label={texts.actions.name} className={classes.rulings}>
      {ACTIONS.filter(({ name, does }) => may(does, found) && (name !== "back" || returns)).map(({ name, keys, label, does }) => (
        <Button
          key={name}
          size="xs"
          variant={"keep" in does ? "light" : "default"}
          disabled={busy}
          aria-keyshortcuts={keys[0]}
          rightSection={<Key of={keys[0]!} />}
          onClick={() => perform(does)}
        >
          {label()}
        </Button>
      ))}
    </div>
  );
}
