import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, told } from "@/api/client";
import { keys } from "@/api/queries";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
export type ScreeningSet = Schemas["Set"];
export type Standing = Schemas["Standing"];
export type Stands = Standing["stands"];

const AT_ONCE = 50;
const LIVE = 10_000; // ms: labelers answer while the page is open
const key = (slug: string) => [...keys.project(slug), "screening"] as const;
const at = (slug: string) => ({ params: { path: { slug } } });

export const screeningQuery = (slug: string) =>
  queryOptions({
    queryKey: [...key(slug), "set"],
    queryFn: (): Promise<ScreeningSet> => told(api.GET("/api/v1/projects/{slug}/screening", at(slug))),
    refetchInterval: LIVE,
  });

export const standingsQuery = (slug: string, stands: Stands | null) =>
  infiniteQueryOptions({
    queryKey: [...key(slug), "labelers", stands],
    queryFn: ({ pageParam }) => {
      const query = { after: pageParam, limit: AT_ONCE, ...(stands === null ? {} : { stands }) };
      return told(api.GET("/api/v1/projects/{slug}/screening/labelers", { params: { path: { slug }, query } }));
    },
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next,
    refetchInterval: LIVE,
  });

export type Act =
  | { readonly kind: "open" }
  | { readonly kind: "close"; readonly reason: string }
  | { readonly kind: "admit" | "grant"; readonly labeler: string; readonly reason: string };

/** What an operator does to the set, or for one labeler. */
export function useAct(slug: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (act: Act): Promise<unknown> => send(slug, act),
    onSettled: () => client.invalidateQueries({ queryKey: keys.project(slug) }),
  });
}

function send(slug: string, act: Act): Promise<unknown> {
  switch (act.kind) {
    case "open":
      return told(api.POST("/api/v1/projects/{slug}/screening", at(slug)));
    case "close":
      return told(api.POST("/api/v1/projects/{slug}/screening/close", { ...at(slug), body: { reason: act.reason } }));
    case "admit":
      return told(api.POST("/api/v1/projects/{slug}/screening/admit", { ...at(slug), body: { labeler: act.labeler, reason: act.reason } }));
    case "grant":
      return told(api.POST("/api/v1/projects/{slug}/screening/grant", { ...at(slug), body: { labeler: act.labeler, reason: act.reason } }));
  }
}
