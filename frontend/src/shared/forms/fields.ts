import { ApiError } from "@/api/errors";

/** What the server said of one field, to be shown at the field. */
export function fieldError(error: unknown, field: string): string | undefined {
  return error instanceof ApiError ? error.fields[field]?.join(" ") : undefined;
}
