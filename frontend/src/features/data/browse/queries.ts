import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, told } from "@/api/client";
import { keys } from "@/api/queries";
import type { components, operations } from "@/api/schema";

import type { Asked } from "./listing/address";

type Schemas = components["schemas"];
export type FoundProblem = Schemas["FoundProblem"];
export type FoundSolution = Schemas["FoundSolution"];
export type FoundLabel = Schemas["FoundLabel"];
export type Known = Schemas["Solution"];
export type KnownLabel = Schemas["KnownLabel"];
export type KnownScore = Schemas["KnownScore"];

/** A page of any of the lists. */
export interface Found<Row> {
  readonly rows: readonly Row[];
  readonly next: string | null;
  readonly count: number | null;
  readonly exact: boolean;
  readonly searched: number | null;
}

const browse = (slug: string) => [...keys.project(slug), "browse"] as const;
/** The server judges what the address says: what is no filter is refused there, by its name. */
const at = <Query>(slug: string, asked: Asked) => ({ params: { path: { slug }, query: asked as unknown as Query } });

export const problemsQuery = (slug: string, asked: Asked) =>
  queryOptions({
    queryKey: [...browse(slug), "problems", asked],
    queryFn: (): Promise<Found<FoundProblem>> =>
      told(api.GET("/api/v1/projects/{slug}/problems", at<operations["projects_problems_retrieve"]["parameters"]["query"]>(slug, asked))),
    placeholderData: keepPreviousData,
  });

export const solutionsQuery = (slug: string, asked: Asked) =>
  queryOptions({
    queryKey: [...browse(slug), "solutions", asked],
    queryFn: (): Promise<Found<FoundSolution>> =>
      told(api.GET("/api/v1/projects/{slug}/solutions", at<operations["projects_solutions_list"]["parameters"]["query"]>(slug, asked))),
    placeholderData: keepPreviousData,
  });

export const labelsQuery = (slug: string, asked: Asked) =>
  queryOptions({
    queryKey: [...browse(slug), "labels", asked],
    queryFn: (): Promise<Found<FoundLabel>> =>
      told(api.GET("/api/v1/projects/{slug}/labels", at<operations["projects_labels_retrieve"]["parameters"]["query"]>(slug, asked))),
    placeholderData: keepPreviousData,
  });

export const solutionQuery = (slug: string, pk: number) =>
  queryOptions({
    queryKey: [...browse(slug), "solution", pk],
    queryFn: () => told(api.GET("/api/v1/projects/{slug}/solutions/{id}", { params: { path: { slug, id: pk } } })),
  });
