import type { Import } from "@/api/types";
import { NONE, plural } from "@/shared/format";

import { texts } from "./texts";

const kinds = texts.import.report.kinds;

/** Such as `400 problems, 1,200 solutions`. */
export function createdOf({ created }: Pick<Import, "created">): string {
  const told = (Object.keys(kinds) as (keyof typeof kinds)[])
    .filter((kind) => (created[kind] ?? 0) > 0)
    .map((kind) => plural(created[kind] ?? 0, kinds[kind]));
  return told.join(", ") || NONE;
}
