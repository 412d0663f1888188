/** The beginning of a file, checked by the server's own rules before any of it is imported. */

import { queryOptions } from "@tanstack/react-query";

import { api, told } from "@/api/client";
import { keys } from "@/api/queries";
import type { components } from "@/api/schema";
import type { ImportFormat, Split } from "@/api/types";

export type Check = components["schemas"]["ImportCheck"];
export type Row = Readonly<Record<string, unknown>>;

const BEGINNING = 256 * 1024; // bytes
const MOST = 1_000_000; // the server checks no more than a megabyte
const ROWS_SHOWN = 3;

export interface Beginning {
  /** Whole lines; null where the first one is too long to look at. */
  readonly part: Blob | null;
  readonly isAll: boolean;
  readonly rows: readonly Row[];
}

export interface Options {
  readonly format: ImportFormat;
  readonly split: Split | null;
}

/** The file's first lines, cut at the end of one. */
export async function beginningOf(file: File): Promise<Beginning> {
  for (const size of [BEGINNING, MOST]) {
    const head = new Uint8Array(await file.slice(0, size).arrayBuffer());
    if (file.size <= size) return { part: file, isAll: true, rows: rowsOf(head) };
    const end = head.lastIndexOf(10) + 1;
    if (end > 0) return { part: file.slice(0, end), isAll: false, rows: rowsOf(head.subarray(0, end)) };
  }
  return { part: null, isAll: false, rows: [] };
}

function rowsOf(head: Uint8Array): Row[] {
  const rows: Row[] = [];
  for (const line of new TextDecoder().decode(head).split("\n", 100)) {
    const row = parsed(line);
    if (row) rows.push(row);
    if (rows.length === ROWS_SHOWN) break;
  }
  return rows;
}

function parsed(line: string): Row | null {
  try {
    const row: unknown = JSON.parse(line);
    return typeof row === "object" && row !== null && !Array.isArray(row) ? (row as Row) : null;
  } catch {
    return null;
  }
}

const ids = new WeakMap<File, number>();
let newest = 0;

/** Two files of one name and size are still two. */
export function idOf(file: File): number {
  if (!ids.has(file)) ids.set(file, (newest += 1));
  return ids.get(file)!;
}

export interface Checked extends Beginning {
  readonly check: Check | null;
}

export const checkQuery = (slug: string, file: File, options: Options) =>
  queryOptions({
    queryKey: [...keys.project(slug), "import check", idOf(file), options],
    queryFn: async (): Promise<Checked> => {
      const beginning = await beginningOf(file);
      return { ...beginning, check: beginning.part && (await check(slug, beginning.part, file.name, options)) };
    },
    staleTime: 60_000,
    retry: false,
  });

function check(slug: string, part: Blob, name: string, { format, split }: Options): Promise<Check> {
  const form = new FormData();
  form.append("file", part, name);
  form.append("format", format);
  if (split) form.append("split", split);
  return told(
    api.POST("/api/v1/projects/{slug}/imports/check", {
      params: { path: { slug } },
      body: { file: "", format, split },
      bodySerializer: () => form,
    }),
  );
}

/** Files that bring problems before those whose lines name problems that aren't there yet: the server reads them in order. */
export function inOrder(files: readonly File[], checkOf: (file: File) => Check | null | undefined): File[] {
  const waits = (file: File) => ((checkOf(file)?.waiting ?? 0) > 0 ? 1 : 0);
  return [...files].sort((one, other) => waits(one) - waits(other));
}
