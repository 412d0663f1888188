import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, told } from "@/api/client";
import { keys } from "@/api/queries";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
export type Quarantine = Schemas["Quarantine"];
export type Kind = Schemas["QuarantineDecisionKind"];
export type Check = Schemas["Check"];
export type Checked = Schemas["Record"];

const at = (slug: string) => ({ params: { path: { slug } } });

export const quarantinesQuery = (slug: string) =>
  queryOptions({
    queryKey: [...keys.project(slug), "quarantines"],
    queryFn: (): Promise<Quarantine[]> => told(api.GET("/api/v1/projects/{slug}/quarantines", at(slug))),
  });

export const checksQuery = (slug: string) =>
  queryOptions({
    queryKey: [...keys.project(slug), "checks"],
    queryFn: (): Promise<Check[]> => told(api.GET("/api/v1/projects/{slug}/checks", at(slug))),
  });

export interface Deciding {
  readonly quarantine: Quarantine;
  readonly kind: Kind;
  readonly reason: string;
}

/** A decision, made on what the page shows: one that came in between is a conflict, and the page looks anew. */
export function useDecision(slug: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ quarantine, kind, reason }: Deciding) =>
      told(
        api.POST("/api/v1/projects/{slug}/quarantines/{id}/decisions", {
          params: { path: { slug, id: quarantine.id } },
          body: { kind, reason, seen: quarantine.decisions.at(-1)?.id ?? 0 },
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: keys.project(slug) }),
  });
}

export function useRetirement(slug: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, reason }: { id: number; reason: string }) =>
      told(api.POST("/api/v1/projects/{slug}/gold/{id}/retire", { params: { path: { slug, id } }, body: { reason } })),
    onSettled: () => client.invalidateQueries({ queryKey: keys.project(slug) }),
  });
}
