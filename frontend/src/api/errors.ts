/** Every refusal of the server, in its one shape; and the two that never reached it. */

export interface ErrorBody {
  readonly code: string;
  readonly detail: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly label?: { readonly revision: number } | null;
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly fields: Readonly<Record<string, readonly string[]>> = {},
    /** In how many ms the server wants to be asked again, where it said so. */
    readonly retryAfter: number | null = null,
    /** The revision that stands, where a correction was of an older one. */
    readonly standing: number | null = null,
  ) {
    super(detail);
    this.name = "ApiError";
  }
}

/** The request did not reach the server, or its answer did not reach us. */
export const OFFLINE = "offline";
/** Nobody is signed in, or not any more. */
export const NOT_SIGNED_IN = "not_signed_in";
/** The person's role in the project doesn't reach that far. */
export const NOT_ALLOWED = "not_allowed";
/** Something that the server depends on is away, its database above all: the same call may succeed in a moment. */
export const UNAVAILABLE = "unavailable";
/** The answer was not in the server's shape: a proxy's page, a crash. */
export const UNREADABLE = "unreadable";

/** `retryAfter` is the answer's header of that name, in seconds. */
export function errorFrom(status: number, body: unknown, retryAfter: string | null = null): ApiError {
  const again = retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : null;
  if (isErrorBody(body)) return new ApiError(status, body.code, body.detail, readFields(body.fields), again, body.label?.revision);
  return new ApiError(status, UNREADABLE, `The server answered ${status} without a reason.`, {}, again);
}

export function offline(): ApiError {
  return new ApiError(0, OFFLINE, "The server could not be reached.");
}

export function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof ApiError && codes.includes(error.code);
}

function isErrorBody(body: unknown): body is ErrorBody {
  return (
    typeof body === "object" &&
    body !== null &&
    "code" in body &&
    "detail" in body &&
    typeof body.code === "string" &&
    typeof body.detail === "string"
  );
}

function readFields(fields: ErrorBody["fields"]): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(fields ?? {}).map(([name, told]) => [name, sentences(told)]));
}

function sentences(told: unknown): readonly string[] {
  if (typeof told === "string") return [told];
  if (Array.isArray(told)) return told.flatMap(sentences);
  if (typeof told === "object" && told !== null) return Object.values(told).flatMap(sentences);
  return [];
}
