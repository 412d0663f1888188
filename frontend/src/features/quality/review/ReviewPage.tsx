import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { useSearchParams } from "react-router";

import type { QueueKind } from "@/api/types";
import { Key } from "@/shared/keys/Key";
import { actionIn, keymap } from "@/shared/keys/keys";
import { useKeys } from "@/shared/keys/use-keys";
import { Page } from "@/shared/layout/Page";
import { Empty, Loaded, Waiting } from "@/shared/states/states";

import { ACTIONS } from "./actions";
import { CaseView } from "./case/CaseView";
import { queueQuery } from "./queries";
import { Queues } from "./Queues";
import { texts } from "./texts";

/** What waits for a reviewer, one case at a time. The queue is looked at again and again; the case stays until it is left. */
export function ReviewPage({ slug }: { slug: string }) {
  const [address] = useSearchParams();
  const [chosen, choose] = useState(kindIn(address.get("kind")));
  const trail = useTrail(asked(address.get("solution")));
  const query = useQuery(queueQuery(slug, chosen));
  const next = nextIn(query.data?.solutions ?? [], trail.past, query.isFetching);
  if (trail.at === null && next !== undefined) trail.take(next, query.data?.kind ?? null);
  const open = (kind: QueueKind) => (choose(kind), trail.leave());
  return (
    <Page title={texts.title}>
      <Loaded query={query}>
        {({ counts, kind }) => (
          <>
            <Queues counts={counts} chosen={kind} onChoose={open} />
            {trail.at !== null ? (
              <CaseView key={trail.at} slug={slug} id={trail.at} why={trail.kind && texts.why[trail.kind]} onDone={trail.go} onBack={trail.back} />
            ) : query.isFetching ? (
              <Waiting />
            ) : (
              <NothingWaits others={counts.some(({ count }) => count > 0)} onBack={trail.back} />
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** The first that wasn't looked at yet; else those that were skipped, once a new look says which of them still wait. */
function nextIn(solutions: readonly number[], past: readonly number[], looking: boolean): number | undefined {
  return solutions.find((id) => !past.includes(id)) ?? (looking ? undefined : solutions[0]);
}

const BACK = actionIn(ACTIONS, "back");
const ONLY_BACK = keymap([BACK]);

function NothingWaits({ others, onBack }: { others: boolean; onBack: (() => void) | null }) {
  useKeys(ONLY_BACK, () => (onBack?.(), true), onBack !== null);
  return (
    <Empty title={texts.empty.title} detail={others ? texts.empty.kind : texts.empty.detail}>
      {onBack && (
        <Button variant="default" size="xs" rightSection={<Key of={BACK.keys[0]!} />} onClick={onBack}>
          {BACK.label()}
        </Button>
      )}
    </Empty>
  );
}

/** The queue that a link asks for; none leaves it to the server, which begins with what people wait for. */
function kindIn(kind: string | null): QueueKind | null {
  return kind !== null && kind in texts.why ? (kind as QueueKind) : null;
}

/** The case that a link asks for, which may wait for nobody. */
function asked(solution: string | null): number | null {
  return solution !== null && /^\d{1,15}$/.test(solution) ? Number(solution) : null;
}

interface Trail {
  readonly past: readonly number[];
  readonly at: number | null;
  /** The queue that it was taken from. */
  readonly kind: QueueKind | null;
}

/** The case that is looked at, and those before it in order, so that one key goes back. */
function useTrail(first: number | null) {
  const [{ past, at, kind }, set] = useState<Trail>({ past: [], at: first, kind: null });
  const take = (at: number, kind: QueueKind | null) => set(({ past }) => ({ past, at, kind }));
  const leave = () => set(({ past }) => ({ past, at: null, kind: null }));
  const go = useCallback((from: number) => set(({ past }) => ({ past: [...past.filter((id) => id !== from), from], at: null, kind: null })), []);
  const back = useCallback(() => set(({ past }) => ({ past: past.slice(0, -1), at: past.at(-1) ?? null, kind: null })), []);
  return { past, at, kind, take, leave, go, back: past.length > 0 ? back : null };
}
