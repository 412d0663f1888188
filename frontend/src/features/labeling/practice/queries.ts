import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, told } from "@/api/client";
import { keys } from "@/api/queries";
import type { components } from "@/api/schema";
import type { Assignment } from "@/api/types";

export type Standing = components["schemas"]["PracticeStanding"];
export type PracticeItem = components["schemas"]["PracticeItem"];
export type Feedback = components["schemas"]["Feedback"];
export type Mine = components["schemas"]["OwnPage"];
export type MyPass = components["schemas"]["MyPass"];
export type PassOfMine = components["schemas"]["PassOfMine"];

const AT_ONCE = 20;

/** The practice set in its order, and how far this person is with it. */
export const practiceQuery = (slug: string) =>
  queryOptions({
    queryKey: [...keys.project(slug), "practice"],
    queryFn: () => told(api.GET("/api/v1/projects/{slug}/practice", { params: { path: { slug } } })),
    staleTime: 60_000,
  });

export const practiceItemQuery = (slug: string, id: number) =>
  queryOptions({
    queryKey: [...keys.project(slug), "practice", id],
    queryFn: () => told(api.GET("/api/v1/projects/{slug}/practice/{id}", { params: { path: { slug, id } } })),
    staleTime: Infinity, // it never changes
  });

export function practise(slug: string, id: number, body: { ratings: (number | null)[]; flagged: number[] }): Promise<Feedback> {
  return told(api.POST("/api/v1/projects/{slug}/practice/{id}", { params: { path: { slug, id } }, body }));
}

/** A practice solution as the labeler's components show one; nothing of it is leased. */
export function asAssignment(item: PracticeItem): Assignment {
  const lease = { token: "", expires_at: "" };
  return { ...item, lease, solution_id: item.id, alternatives: {}, instructions_version: null, screening: null };
}

export const mineQuery = (slug: string) =>
  queryOptions({
    queryKey: [...keys.project(slug), "mine"],
    queryFn: () => told(api.GET("/api/v1/projects/{slug}/me", { params: { path: { slug } } })),
  });

export const myPassesQuery = (slug: string) =>
  infiniteQueryOptions({
    queryKey: [...keys.project(slug), "mine", "passes"],
    queryFn: ({ pageParam }) =>
      told(
        api.GET("/api/v1/projects/{slug}/me/passes", {
          params: { path: { slug }, query: { limit: AT_ONCE, ...(pageParam === null ? {} : { before: pageParam }) } },
        }),
      ),
    initialPageParam: null as number | null,
    getNextPageParam: ({ next }) => next,
  });

export const myPassQuery = (slug: string, id: number) =>
  queryOptions({
    queryKey: [...keys.project(slug), "mine", "passes", id],
    queryFn: () => told(api.GET("/api/v1/assignments/{id}", { params: { path: { id } } })),
    refetchOnWindowFocus: false, // a newer one would take the place of what is being changed
    refetchOnReconnect: false,
  });

export function retakeScreening(slug: string) {
  return told(api.POST("/api/v1/projects/{slug}/screening/retake", { params: { path: { slug } } }));
}
