import { queryOptions } from "@tanstack/react-query";

import { api, told } from "@/api/client";
import { keys } from "@/api/queries";
import type { components } from "@/api/schema";

export type Overview = components["schemas"]["Overview"];
export type RoundFound = Overview["rounds"][number];
export type Estimate = RoundFound["found"];
export type Finish = NonNullable<Overview["finish"]>;

/** ms; the overview reads every label of the round under way. */
export const SOMETIMES = 15_000;

export const overviewQuery = (slug: string) =>
  queryOptions({
    queryKey: [...keys.project(slug), "overview"],
    queryFn: (): Promise<Overview> => told(api.GET("/api/v1/projects/{slug}/overview", { params: { path: { slug } } })),
    refetchInterval: SOMETIMES,
  });
