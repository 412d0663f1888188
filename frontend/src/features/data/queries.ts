import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, told } from "@/api/client";
import { isRunning, keys } from "@/api/queries";
import type { ExportFile } from "@/api/types";

import type { Asked } from "./exporting/export";

const LIVE = 1_000; // ms
const RESTING = 15_000;

export const exportFilesQuery = (slug: string) =>
  queryOptions({
    queryKey: [...keys.project(slug), "export files"],
    queryFn: (): Promise<ExportFile[]> => told(api.GET("/api/v1/projects/{slug}/exports", { params: { path: { slug } } })),
    refetchInterval: ({ state }) => (state.data?.some(isRunning) ? LIVE : RESTING),
  });

/** Have a worker write a file. Who asks for the same while it is written gets that one. */
export function usePrepare(slug: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (asked: Asked) => told(api.POST("/api/v1/projects/{slug}/exports", { params: { path: { slug } }, body: asked })),
    onSettled: () => client.invalidateQueries({ queryKey: exportFilesQuery(slug).queryKey }),
  });
}

/** Delete a file, or give up one that is being written. */
export function useDeleteFile(slug: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => told(api.DELETE("/api/v1/projects/{slug}/exports/jobs/{id}", { params: { path: { slug, id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: exportFilesQuery(slug).queryKey }),
  });
}

export function useRetry(slug: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => told(api.POST("/api/v1/projects/{slug}/jobs/{id}/retry", { params: { path: { slug, id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: keys.project(slug) }),
  });
}
