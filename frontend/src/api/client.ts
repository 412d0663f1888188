import createClient, { type Middleware } from "openapi-fetch";

import { errorFrom, isCode, NOT_SIGNED_IN, offline } from "./errors";
import type { paths } from "./schema";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** Django's CSRF token, which `auth/session` sets as a cookie. */
export function csrfToken(): string {
  const pair = document.cookie.split("; ").find((cookie) => cookie.startsWith("csrftoken="));
  return pair ? decodeURIComponent(pair.slice("csrftoken=".length)) : "";
}

const csrf: Middleware = {
  onRequest({ request }) {
    if (!SAFE.has(request.method)) request.headers.set("X-CSRFToken", csrfToken());
    return request;
  },
  onError: () => offline(),
};

type Listener = () => void;
const signedOut = new Set<Listener>();

/** Call back when the server says that nobody is signed in; returns how to stop. */
export function onSignedOut(listener: Listener): Listener {
  signedOut.add(listener);
  return () => signedOut.delete(listener);
}

// `fetch` is looked up at each call, so that whoever wraps it after loading is heard.
export const api = createClient<paths>({ baseUrl: location.origin, fetch: (request) => fetch(request) });
api.use(csrf);

interface Answer<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/** The data of an answer, or an `ApiError` in the server's words. */
export async function told<Data>(answer: Promise<Answer<Data>>): Promise<Data> {
  const { data, error, response } = await answer;
  if (response.ok) return data as Data; // undefined only where the schema says that there is no body
  const refusal = errorFrom(response.status, error, response.headers.get("Retry-After"));
  if (isCode(refusal, NOT_SIGNED_IN)) signedOut.forEach((listener) => listener());
  throw refusal;
}
