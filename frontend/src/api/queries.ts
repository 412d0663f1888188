/** What the pages read from the server, each under one key; what runs is read every two seconds, what rests seldom. */

import { queryOptions } from "@tanstack/react-query";

import { api, told } from "./client";
import type { Generation, Import, Job, Launch } from "./types";

const LIVE = 2_000; // ms
const RESTING = 15_000;

export const keys = {
  project: (slug: string) => ["project", slug] as const,
};

export function isRunning(job: Job): boolean {
  return job.state === "queued" || job.state === "running";
}

/** Whether the generation changes by itself: a job of it runs, or people rate it. */
export function isLive(generation: Generation | null | undefined): boolean {
  return generation != null && !["closed", "cancelled", "failed"].includes(generation.state);
}

const every = (live: boolean) => (live ? LIVE : RESTING);
const at = (slug: string) => ({ params: { path: { slug } } });

export const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: () => told(api.GET("/api/v1/auth/tokens")),
});

export const doorsQuery = queryOptions({
  queryKey: ["doors"],
  queryFn: () => told(api.GET("/api/v1/auth/doors")),
  staleTime: Infinity,
});

export const secondFactorQuery = queryOptions({
  queryKey: ["second factor"],
  queryFn: () => told(api.GET("/api/v1/auth/two-factor")),
});

export const invitationsQuery = (slug: string) =>
  queryOptions({
    queryKey: [...keys.project(slug), "invitations"],
    queryFn: () => told(api.GET("/api/v1/projects/{slug}/invitations", at(slug))),
  });

export const projectsQuery = queryOptions({
  queryKey: ["projects"],
  queryFn: () => told(api.GET("/api/v1/projects")),
});

export const rulesQuery = (slug: string) =>
  queryOptions({
    queryKey: [...keys.project(slug), "rules"],
    queryFn: () => told(api.GET("/api/v1/projects/{slug}/rules", at(slug))),
    staleTime: Infinity,
  });

export const projectQuery = (slug: string) =>
  queryOptions({
    queryKey: [...keys.project(slug), "settings"],
    queryFn: () => told(api.GET("/api/v1/projects/{slug}", at(slug))),
    staleTime: 60_000,
  });

export const progressQuery = (slug: string) =>
  queryOptions({
    queryKey: [...keys.project(slug), "progress"],
    queryFn: () => told(api.GET("/api/v1/projects/{slug}/progress", at(slug))),
    refetchInterval: ({ state }) => every(isLive(state.data?.generation)),
  });

export const generationsQuery = (slug: string) =>
  queryOptions({
    queryKey: [...keys.project(slug), "generations"],
    queryFn: () => told(api.GET("/api/v1/projects/{slug}/generations", at(slug))),
    refetchInterval: ({ state }) => every(Boolean(state.data?.some(isLive))),
  });

export const generationQuery = (slug: string, number: number) =>
  queryOptions({
    queryKey: [...keys.project(slug), "generations", number],
    queryFn: () => told(api.GET("/api/v1/projects/{slug}/generations/{number}", { params: { path: { slug, number } } })),
    refetchInterval: ({ state }) => every(isLive(state.data)),
  });

export const previewQuery = (slug: string, launch: Launch) =>
  queryOptions({
    queryKey: [...keys.project(slug), "preview", launch],
    queryFn: () => told(api.POST("/api/v1/projects/{slug}/generations/preview", { ...at(slug), body: launch })),
    staleTime: 10_000,
  });

export const checkpointsQuery = (slug: string) =>
  queryOptions({
    queryKey: [...keys.project(slug), "checkpoints"],
    queryFn: () => told(api.GET("/api/v1/projects/{slug}/checkpoints", at(slug))),
    refetchInterval: ({ state }) => every(Boolean(state.data?.some(({ jobs }) => jobs.some(isRunning)))),
  });

export const importsQuery = (slug: string) =>
  queryOptions({
    queryKey: [...keys.project(slug), "imports"],
    queryFn: () => told(api.GET("/api/v1/projects/{slug}/imports", at(slug))),
    refetchInterval: ({ state }) => every(Boolean(state.data?.some(isRunning))),
  });

export const importQuery = (slug: string, id: number) =>
  queryOptions({
    queryKey: [...keys.project(slug), "imports", id],
    queryFn: (): Promise<Import> => told(api.GET("/api/v1/projects/{slug}/imports/{id}", { params: { path: { slug, id } } })),
    refetchInterval: ({ state }) => (state.data === undefined || isRunning(state.data) ? 1_000 : false),
  });

export const endpointsQuery = (slug: string) =>
  queryOptions({
    queryKey: [...keys.project(slug), "endpoints"],
    queryFn: () => told(api.GET("/api/v1/projects/{slug}/samplings/endpoints", at(slug))),
    staleTime: 60_000,
  });

export const samplingsQuery = (slug: string) =>
  queryOptions({
    queryKey: [...keys.project(slug), "samplings"],
    queryFn: () => told(api.GET("/api/v1/projects/{slug}/samplings", at(slug))),
    refetchInterval: ({ state }) => every(Boolean(state.data?.some(isRunning))),
  });

export const samplingQuery = (slug: string, id: number) =>
  queryOptions({
    queryKey: [...keys.project(slug), "samplings", id],
    queryFn: () => told(api.GET("/api/v1/projects/{slug}/samplings/{id}", { params: { path: { slug, id } } })),
    refetchInterval: ({ state }) => (state.data === undefined || isRunning(state.data) ? 1_000 : false),
  });

export const membersQuery = (slug: string) =>
  queryOptions({
    queryKey: [...keys.project(slug), "members"],
    queryFn: () => told(api.GET("/api/v1/projects/{slug}/members", at(slug))),
  });

export const instructionsQuery = (slug: string) =>
  queryOptions({
    queryKey: [...keys.project(slug), "instructions"],
    queryFn: () => told(api.GET("/api/v1/projects/{slug}/instructions", at(slug))),
  });

export const agreementQuery = (slug: string) =>
  queryOptions({
    queryKey: [...keys.project(slug), "agreement"],
    queryFn: () => told(api.GET("/api/v1/projects/{slug}/agreement", at(slug))),
  });

export const labelersQuery = (slug: string) =>
  queryOptions({
    queryKey: [...keys.project(slug), "labelers"],
    queryFn: () => told(api.GET("/api/v1/projects/{slug}/labelers", at(slug))),
  });
