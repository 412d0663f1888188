import type { LabelSource } from "@/api/types";

import { texts } from "./texts";

export type Format = keyof typeof texts.export.formats;
export const FORMATS = Object.keys(texts.export.formats) as readonly Format[];

export interface Asked {
  readonly format: Format;
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
