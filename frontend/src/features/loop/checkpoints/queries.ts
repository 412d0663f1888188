import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, told } from "@/api/client";
import { isRunning, keys } from "@/api/queries";
import type { NewScorer, ScorerOptions } from "@/api/types";

import type { Champion, Loop, OwnCheckpoint, Teachable } from "./measures";

const LIVE = 2_000; // ms
const RESTING = 15_000;

const at = (slug: string) => ({ params: { path: { slug } } });
const of = (slug: string, number: number) => ({ params: { path: { slug, number } } });

export const checkpointQuery = (slug: string, number: number) =>
  queryOptions({
    queryKey: [...keys.project(slug), "checkpoints", number],
    queryFn: (): Promise<OwnCheckpoint> => told(api.GET("/api/v1/projects/{slug}/checkpoints/{number}", of(slug, number))),
    refetchInterval: ({ state }) => (state.data?.jobs.some(isRunning) ? LIVE : RESTING),
  });

export const championsQuery = (slug: string) =>
  queryOptions({
    queryKey: [...keys.project(slug), "checkpoints", "champions"],
    queryFn: (): Promise<Champion[]> => told(api.GET("/api/v1/projects/{slug}/checkpoints/champions", at(slug))),
  });

export const loopQuery = (slug: string) =>
  queryOptions({
    queryKey: [...keys.project(slug), "checkpoints", "loop"],
    queryFn: (): Promise<Loop> => told(api.GET("/api/v1/projects/{slug}/checkpoints/loop", at(slug))),
  });

export const teachableQuery = (slug: string) =>
  queryOptions({
    queryKey: [...keys.project(slug), "checkpoints", "teachable"],
    queryFn: (): Promise<Teachable> => told(api.GET("/api/v1/projects/{slug}/checkpoints/teachable", at(slug))),
  });

/** An act after which everything of the project is looked at anew. */
function useAct<Input>(slug: string, act: (input: Input) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: act, onSettled: () => client.invalidateQueries({ queryKey: keys.project(slug) }) });
}

export const scorersQuery = (slug: string) =>
  queryOptions({
    queryKey: [...keys.project(slug), "scorers"],
    queryFn: (): Promise<ScorerOptions> => told(api.GET("/api/v1/projects/{slug}/scorers", at(slug))),
  });

/** Add a model by its name; what follows is seen among the checkpoints. */
export const useAddModel = (slug: string, onAdded: () => void) =>
  useAct(slug, async (body: NewScorer) => {
    await told(api.POST("/api/v1/projects/{slug}/scorers", { ...at(slug), body }));
    onAdded();
  });

export interface ScoreFile {
  readonly file: File;
  readonly name: string;
  readonly aggregate: string;
  readonly threshold: number | null;
  readonly generation: number | null;
}

/** Add a checkpoint by a file of its scores. */
export const useAddScores = (slug: string, onAdded: () => void) =>
  useAct(slug, async ({ file, name, aggregate, threshold, generation }: ScoreFile) => {
    const form = new FormData();
    form.append("file", file);
    form.append("name", name);
    form.append("aggregate", aggregate);
    if (threshold !== null) form.append("threshold", String(threshold));
    if (generation !== null) form.append("generation", String(generation));
    const body = { file: file.name, name, aggregate, threshold, generation };
    await told(api.POST("/api/v1/projects/{slug}/checkpoints/scores", { ...at(slug), body, bodySerializer: () => form }));
    onAdded();
  });

/** Add scores to a checkpoint of imported ones. */
export const useMoreScores = (slug: string, number: number, onAdded: () => void) =>
  useAct(slug, async (file: File) => {
    const form = new FormData();
    form.append("file", file);
    const body = { file: file.name };
    await told(api.POST("/api/v1/projects/{slug}/checkpoints/{number}/scores", { ...of(slug, number), body, bodySerializer: () => form }));
    onAdded();
  });

export const useTrain = (slug: string) =>
  useAct(slug, () => told(api.POST("/api/v1/projects/{slug}/checkpoints", { ...at(slug), body: { kind: "prm" } })));

export const usePromote = (slug: string, number: number) =>
  useAct(slug, (reason: string) => told(api.POST("/api/v1/projects/{slug}/checkpoints/{number}/promote", { ...of(slug, number), body: { reason } })));

export const useMeasureAgain = (slug: string, number: number) =>
  useAct(slug, () => told(api.POST("/api/v1/projects/{slug}/checkpoints/{number}/evaluation", of(slug, number))));

export const useTrainOrm = (slug: string, number: number) =>
  useAct(slug, () => told(api.POST("/api/v1/projects/{slug}/checkpoints/{number}/orm", of(slug, number))));

export const useRetry = (slug: string) =>
  useAct(slug, (id: number) => told(api.POST("/api/v1/projects/{slug}/jobs/{id}/retry", { params: { path: { slug, id } } })));
