import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, told } from "@/api/client";
import { keys } from "@/api/queries";
import type { Case, Decision, QueueKind } from "@/api/types";

const LOOK_AGAIN = 15_000; // ms
const review = (slug: string) => [...keys.project(slug), "review"] as const;

/** What waits, by kind, and the first cases of `kind`; of the first kind that has any where none is named. */
export const queueQuery = (slug: string, kind: QueueKind | null) =>
  queryOptions({
    queryKey: [...review(slug), "queue", kind],
    queryFn: () => told(api.GET("/api/v1/projects/{slug}/review", { params: { path: { slug }, query: kind ? { kind } : {} } })),
    refetchInterval: LOOK_AGAIN,
  });

export const caseQuery = (slug: string, id: number) =>
  queryOptions({
    queryKey: [...review(slug), "case", id],
    queryFn: () => told(api.GET("/api/v1/projects/{slug}/review/{id}", { params: { path: { slug, id } } })),
  });

/** The server's own defaults: its schema wants them all. */
const NOTHING = { seen: 0, reason: "", grade: "", ground_truth_answer: "", purpose: "", to_instructions: false } as const;

/** Rule on a case; whatever became of it, the pages look again. */
export function useRuling(slug: string, id: number, onRuled: (now: Case) => void) {
  const client = useQueryClient();
  const lookAgain = () => void client.invalidateQueries({ queryKey: keys.project(slug) });
  return useMutation({
    mutationFn: (decision: Decision) =>
      told(api.POST("/api/v1/projects/{slug}/review/{id}/rulings", { params: { path: { slug, id } }, body: { ...NOTHING, ...decision } })),
    onSuccess: (now) => {
      lookAgain(); // first: what is on the page still names the case as one that waits
      onRuled(now);
    },
    onError: lookAgain,
  });
}
