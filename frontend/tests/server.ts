/** A server for tests: it answers what it was told to answer, remembers what it was asked, and refuses every other call. */

import { vi } from "vitest";

export interface Asked {
  readonly call: string;
  readonly query: string;
  readonly body: unknown;
}

/** A value, a promise of one, or a function that makes either of the body. */
type Answer = unknown;

export class Refused {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail = "A sentence of the server.",
    readonly fields = {},
    readonly headers = {},
    /** What the answer has beside the shape's keys. */
    readonly more = {},
  ) {}
}

/** The answer never came. */
export class Lost {}

export interface TestServer {
  readonly asked: Asked[];
  /** The bodies that one call was made with, in order. */
  readonly bodies: (call: string) => unknown[];
  answer: (call: string, answer: Answer) => void;
}

/** `answers` by `METHOD /path under /api/v1`; a function is called with the body, a `Refused` or `Lost` is an error. */
export function serve(answers: Record<string, Answer>): TestServer {
  const known = new Map(Object.entries(answers));
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (input: Request | string, init?: RequestInit) => {
    const request = input instanceof Request ? input : new Request(new URL(input, location.origin), init);
    const { pathname, search: query } = new URL(request.url);
    const call = `${request.method} ${pathname.replace("/api/v1", "")}`;
    const body = await bodyOf(request);
    asked.push({ call, query, body });
    if (!known.has(call)) throw new Error(`Nobody told the test server about ${call}.`);
    const answer = known.get(call);
    return respond(await (typeof answer === "function" ? (answer as (body: unknown) => unknown)(body) : answer));
  });
  return {
    asked,
    bodies: (call) => asked.filter((one) => one.call === call).map(({ body }) => body),
    answer: (call, answer) => known.set(call, answer),
  };
}

/** JSON as what it says, a form as an object of its fields. */
async function bodyOf(request: Request): Promise<unknown> {
  if (request.headers.get("content-type")?.startsWith("multipart/form-data")) return Object.fromEntries(await request.formData());
  const text = await request.text();
  return text ? JSON.parse(text) : undefined;
}

function respond(answer: unknown): Response {
  if (answer instanceof Lost) throw new TypeError("fetch failed");
  if (answer instanceof Refused) {
    const { status, code, detail, fields, headers, more } = answer;
    return Response.json({ code, detail, fields, ...more }, { status, headers });
  }
  return answer === undefined ? new Response(null, { status: 204 }) : Response.json(answer);
}
