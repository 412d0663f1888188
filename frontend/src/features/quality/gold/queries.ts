import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, told } from "@/api/client";
import { keys } from "@/api/queries";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
export type Gold = Schemas["Gold"];
export type GoldSet = Schemas["GoldSet"];
export type KnownGold = Schemas["KnownGoldLabel"];
export type GoldAnswer = Schemas["GoldAnswer"];
export type Purpose = Schemas["GoldPurpose"];
export type GoldReport = Schemas["GoldReport"];
export type NewGold = Schemas["NewGoldRequest"];
export type Solution = Schemas["Solution"];
export type KnownLabel = Schemas["KnownLabel"];

const AT_ONCE = 30;
const goldKey = (slug: string) => [...keys.project(slug), "gold"] as const;
const of = (slug: string, id: number) => ({ params: { path: { slug, id } } });

export interface Filter {
  readonly purpose: Purpose | null;
  readonly retired: boolean;
}

export const goldQuery = (slug: string, { purpose, retired }: Filter) =>
  infiniteQueryOptions({
    queryKey: [...goldKey(slug), "list", purpose, retired],
    queryFn: ({ pageParam }) => {
      const query = { after: pageParam, limit: AT_ONCE, retired, ...(purpose === null ? {} : { purpose }) };
      return told(api.GET("/api/v1/projects/{slug}/gold", { params: { path: { slug }, query } }));
    },
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next,
  });

/** The three sets alone: what each holds and lacks. */
export const goldSetsQuery = (slug: string) =>
  queryOptions({
    queryKey: [...goldKey(slug), "sets"],
    queryFn: async (): Promise<GoldSet[]> =>
      (await told(api.GET("/api/v1/projects/{slug}/gold", { params: { path: { slug }, query: { limit: 1 } } }))).sets,
  });

export const oneGoldQuery = (slug: string, id: number) =>
  queryOptions({
    queryKey: [...goldKey(slug), "one", id],
    queryFn: (): Promise<KnownGold> => told(api.GET("/api/v1/projects/{slug}/gold/{id}", of(slug, id))),
  });

export const solutionQuery = (slug: string, id: number) =>
  queryOptions({
    queryKey: [...keys.project(slug), "solutions", "one", id],
    queryFn: (): Promise<Solution> => told(api.GET("/api/v1/projects/{slug}/solutions/{id}", of(slug, id))),
    retry: false,
  });

/** Labels that reviewers merged out of others': the likeliest gold. */
export const reviewedQuery = (slug: string) =>
  queryOptions({
    queryKey: [...keys.project(slug), "labels", "reviewed"],
    queryFn: async () =>
      (await told(api.GET("/api/v1/projects/{slug}/labels", { params: { path: { slug }, query: { source: "reviewed", limit: 10 } } }))).rows,
  });

export function useMake(slug: string, onMade: (gold: Gold) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewGold) => told(api.POST("/api/v1/projects/{slug}/gold", { params: { path: { slug } }, body })),
    onSuccess: (gold) => {
      void client.invalidateQueries({ queryKey: keys.project(slug) });
      onMade(gold);
    },
  });
}

export function useExplanation(slug: string, id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (explanation: string) => told(api.PATCH("/api/v1/projects/{slug}/gold/{id}", { ...of(slug, id), body: { explanation } })),
    onSettled: () => client.invalidateQueries({ queryKey: keys.project(slug) }),
  });
}

export interface GoldFile {
  readonly file: File;
  readonly purpose: Purpose;
}

/** Send the file; with `check` the server says what would become of its lines and keeps nothing. */
export function sendGold(slug: string, { file, purpose }: GoldFile, check: boolean): Promise<GoldReport> {
  const form = new FormData();
  form.append("file", file);
  form.append("purpose", purpose);
  form.append("check", String(check));
  return told(
    api.POST("/api/v1/projects/{slug}/gold/file", {
      params: { path: { slug } },
      body: { file: file.name, purpose, check },
      bodySerializer: () => form,
    }),
  );
}
