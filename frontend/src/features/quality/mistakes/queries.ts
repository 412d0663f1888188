import { queryOptions } from "@tanstack/react-query";

import { api, told } from "@/api/client";
import { keys } from "@/api/queries";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
export type Mistakes = Schemas["CommonMistakes"];
export type Outcomes = Schemas["Outcomes"];
export type Outcome = keyof Outcomes;
export type Part = Schemas["Part"];
export type Offset = Schemas["Offset"];
export type LabelerMistakes = Schemas["LabelerMistakes"];
export type MissedGold = Schemas["MissedGold"];
export type Purpose = Schemas["GoldPurpose"];

export const mistakesQuery = (slug: string, purpose: Purpose | null) =>
  queryOptions({
    queryKey: [...keys.project(slug), "gold", "mistakes", purpose],
    queryFn: (): Promise<Mistakes> =>
      told(api.GET("/api/v1/projects/{slug}/gold/mistakes", { params: { path: { slug }, query: purpose === null ? {} : { purpose } } })),
  });
