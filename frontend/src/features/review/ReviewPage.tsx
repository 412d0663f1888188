import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { useSearchParams } from "react-router";

import type { QueueKind } from "@/api/types";
import { Key } from "@/shared/Key";
import { keymap } from "@/shared/keys";
import { Page } from "@/shared/Page";
import { Empty, Loaded } from "@/shared/states";
import { useKeys } from "@/shared/use-keys";

import { actionNamed } from "./actions";
import { CaseView } from "./CaseView";
import { queueQuery } from "./queries";
import { Queues } from "./Queues";
import { texts } from "./texts";

/** What waits for a reviewer, one case at a time. */
export function ReviewPage({ slug }: { slug: string }) {
  const [address] = useSearchParams();
  const [chosen, choose] = useState(kindIn(address.get("kind")));
  const trail = useTrail(asked(address.get("solution")));
  const query = useQuery(queueQuery(slug, chosen));
  return (
    <Page title={texts.title}>
      <Loaded query={query}>
        {({ counts, kind, solutions }) => {
          const shown = trail.at ?? solutions.find((id) => !trail.seen.has(id)) ?? solutions[0];
          return (
            <>
              <Queues counts={counts} chosen={kind} onChoose={choose} />
              {shown === undefined ? (
                <NothingWaits others={counts.some(({ count }) => count > 0)} onBack={trail.back} />
              ) : (
                <CaseView key={shown} slug={slug} id={shown} why={kind && trail.at === null ? texts.why[kind] : null} onDone={trail.go} onBack={trail.back} />
              )}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

const BACK = actionNamed("back");
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

/** The cases that were looked at, in order, so that one key goes back. */
function useTrail(first: number | null) {
  const [{ past, at }, set] = useState<{ past: readonly number[]; at: number | null }>({ past: [], at: first });
  const go = useCallback((from: number) => set(({ past }) => ({ past: [...past.filter((id) => id !== from), from], at: null })), []);
  const back = useCallback(() => set(({ past }) => ({ past: past.slice(0, -1), at: past.at(-1) ?? null })), []);
  return { seen: new Set(past), at, go, back: past.length > 0 ? back : null };
}
