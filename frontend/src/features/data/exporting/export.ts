import type { ExportFile, ExportFormat, LabelSource } from "@/api/types";

import { texts as words } from "./texts";

export const FORMATS = Object.keys(words.formats) as readonly ExportFormat[];

export interface Asked {
  readonly format: ExportFormat;
  readonly view: "all" | "train";
  readonly source: LabelSource | null;
  readonly generation: number | null;
  readonly checkpoint: number | null;
}

/** Where the stream is: a plain link, so that the browser writes it to disk as it comes. */
export function addressOf(slug: string, { format, ...filters }: Asked): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) if (value !== null) query.set(name, String(value));
  return `/api/v1/projects/${slug}/exports/${format}?${query}`;
}

/** What a file was narrowed to, such as `Only what may train a model · Generation 3`. */
export function narrowingOf({ view, source, generation, checkpoint }: Pick<ExportFile, keyof Asked>): string {
  const told = [
    words.views[view].name,
    generation !== null && words.generationNumber(generation),
    checkpoint !== null && words.seenBy(checkpoint),
    source !== null && words.sources[source],
  ];
  return told.filter(Boolean).join(" · ");
}
