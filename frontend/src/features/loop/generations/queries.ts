import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, told } from "@/api/client";
import { keys } from "@/api/queries";
import type { components, operations } from "@/api/schema";
import { paths } from "@/shared/paths";

type Schemas = components["schemas"];
export type Watch = Schemas["Watch"];
export type Burndown = Schemas["Burndown"];
export type Estimate = Schemas["Estimate"];
export type Range = Schemas["Range"];
export type Lease = Schemas["LeaseHeld"];
export type FinishReason = Schemas["FinishReason"];
type ItemsQuery = NonNullable<operations["projects_generations_items_retrieve"]["parameters"]["query"]>;
/** What the batch's items can be narrowed by; the page's address takes the same names. */
export type Filters = Omit<ItemsQuery, "after" | "limit">;

const AT_ONCE = 25;
const LIVE = 2_000; // ms
const RESTING = 15_000;
const BATCH_AGAIN = 15_000; // ms between looks at a batch that people rate

export const watchQuery = (slug: string, number: number, live: boolean) =>
  queryOptions({
    queryKey: [...keys.project(slug), "generations", number, "watch"],
    queryFn: (): Promise<Watch> => told(api.GET("/api/v1/projects/{slug}/generations/{number}/watch", { params: { path: { slug, number } } })),
    refetchInterval: live ? LIVE : RESTING,
  });

export const itemsQuery = (slug: string, number: number, filters: Filters, live: boolean) =>
  infiniteQueryOptions({
    queryKey: [...keys.project(slug), "generations", number, "items", filters],
    queryFn: ({ pageParam }) =>
      told(
        api.GET("/api/v1/projects/{slug}/generations/{number}/items", {
          params: { path: { slug, number }, query: { after: pageParam, limit: AT_ONCE, ...filters } },
        }),
      ),
    initialPageParam: -1,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    refetchInterval: live && BATCH_AGAIN,
  });

export const ITEMS = "items"; // the part of the page that the links behind its numbers go to

/** The address of the items behind a number. */
export function itemsAt(slug: string, number: number, filters: Filters = {}): string {
  const asked = new URLSearchParams(Object.entries(filters).map(([name, value]) => [name, String(value)]));
  const query = asked.toString();
  return `${paths.generation(slug, number)}${query && `?${query}`}#${ITEMS}`;
}

export interface Revoking {
  readonly assignment: number;
  readonly reason: string;
}

/** Take a lease back; the page then looks anew. */
export function useRevoke(slug: string, number: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ assignment, reason }: Revoking) =>
      told(
        api.POST("/api/v1/projects/{slug}/generations/{number}/leases/{id}/revoke", {
          params: { path: { slug, number, id: assignment } },
          body: { reason },
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: [...keys.project(slug), "generations", number] }),
  });
}
