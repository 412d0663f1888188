import { beforeEach, describe, expect, test, vi } from "vitest";

import { api, onSignedOut, told } from "@/api/client";
import { ApiError, errorFrom, isCode, NOT_SIGNED_IN, OFFLINE, offline, UNREADABLE } from "@/api/errors";
import { makeQueryClient } from "@/app/query-client";
import { fieldError } from "@/shared/forms/fields";
import { sentenceFor } from "@/shared/states/states";

import { Lost, Refused, serve } from "../server";

const refusalOf = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (error: unknown) => error,
  );
const me = () => told(api.GET("/api/v1/auth/me"));

describe("every refusal is a sentence", () => {
  test("what the server says is said as it says it", () => {
    expect(sentenceFor(errorFrom(409, { code: "generation_active", detail: "Close it first." }))).toBe("Close it first.");
  });

  test.each([null, "<html>502 Bad Gateway</html>", 17, { detail: "no code" }, { code: 5, detail: "no word" }, []])(
    "an answer in another shape (%j) is told to be unreadable, not shown",
    (body) => {
      const error = errorFrom(502, body);
      expect([error.code, error.status]).toEqual([UNREADABLE, 502]);
      expect(sentenceFor(error)).toMatch(/does not understand/);
    },
  );

  test("a lost connection says that nothing was lost", () => {
    expect(sentenceFor(offline())).toMatch(/could not be reached. Nothing was lost/);
  });

  test("a mistake of the page's own is a sentence too, never its stack", () => {
    expect(sentenceFor(new TypeError("x is undefined"))).not.toMatch(/undefined/);
  });
});

describe("what is said of a field", () => {
  test("is found by the field's name, lists and nesting flattened", () => {
    const error = errorFrom(400, {
      code: "invalid",
      detail: "No.",
      fields: { k: ["Too small.", "Not whole."], shares: { gate: ["Too large."] }, seed: "Odd." },
    });
    expect([fieldError(error, "k"), fieldError(error, "shares"), fieldError(error, "seed")]).toEqual(["Too small. Not whole.", "Too large.", "Odd."]);
  });

  test("is nothing for another field, or without an error", () => {
    expect([fieldError(errorFrom(400, null), "k"), fieldError(null, "k")]).toEqual([undefined, undefined]);
  });
});

describe("a call", () => {
  let heard = 0;
  beforeEach(() => {
    heard = 0;
  });

  test("that never reached the server is offline", async () => {
    serve({ "GET /auth/me": new Lost() });
    expect(isCode(await refusalOf(me()), OFFLINE)).toBe(true);
  });

  test("carries Django's CSRF token when it changes something, and not when it reads", async () => {
    document.cookie = "csrftoken=t0ken%3D";
    const headers: (string | null)[] = [];
    vi.stubGlobal("fetch", async (request: Request) => {
      headers.push(request.headers.get("X-CSRFToken"));
      return Response.json({});
    });
    await me();
    await told(api.POST("/api/v1/auth/logout"));
    expect(headers).toEqual([null, "t0ken="]);
  });

  test("refused because nobody is signed in tells who listens, until they stop", async () => {
    serve({ "GET /auth/me": new Refused(401, NOT_SIGNED_IN) });
    const stop = onSignedOut(() => (heard += 1));
    await refusalOf(me());
    stop();
    await refusalOf(me());
    expect(heard).toBe(1);
  });

  test("refused for another reason tells nobody", async () => {
    serve({ "GET /auth/me": new Refused(403, "forbidden") });
    const stop = onSignedOut(() => (heard += 1));
    await refusalOf(me());
    stop();
    expect(heard).toBe(0);
  });
});

test.each([
  [new ApiError(0, OFFLINE, ""), true],
  [new ApiError(502, UNREADABLE, ""), true],
  [new ApiError(409, "conflict", ""), false],
  [new ApiError(401, NOT_SIGNED_IN, ""), false],
  [new TypeError("ours"), false],
])("a read is tried again only where that may help: %s", (error, again) => {
  const retry = makeQueryClient().getDefaultOptions().queries?.retry as (failures: number, error: Error) => boolean;
  expect([retry(0, error), retry(2, error)]).toEqual([again, false]);
});

test("a server that waits for its database is asked until it has it, as often as it wants to be", () => {
  const { retry, retryDelay } = makeQueryClient().getDefaultOptions().queries as Record<string, (failures: number, error: Error) => unknown>;
  const waits = errorFrom(503, { code: "unavailable", detail: "The site is waiting for its database." }, "5");
  expect([retry!(0, waits), retry!(500, waits), retryDelay!(0, waits), retryDelay!(500, waits)]).toEqual([true, true, 5_000, 5_000]);
  expect([retryDelay!(0, offline()), retryDelay!(9, offline())]).toEqual([1_000, 30_000]);
});
