/** What the account page reads beside the second factor: where the person is signed in, and what happened. */

import { queryOptions } from "@tanstack/react-query";

import { api, told } from "@/api/client";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
export type BrowserSession = Schemas["BrowserSession"];
export type SecondFactorTold = Schemas["SecondFactor"];
export type Device = Schemas["Device"];
export type Proof = Schemas["ProofRequest"];

export const sessionsQuery = queryOptions({
  queryKey: ["sessions"],
  queryFn: () => told(api.GET("/api/v1/auth/sessions")),
});

/** A challenge is refused to who has no passkey: so the answer also says whether to offer one. Good for one use. */
export const challengeQuery = queryOptions({
  queryKey: ["challenge"],
  queryFn: challenge,
  retry: false,
  staleTime: Infinity,
  gcTime: 0,
});

export function challenge() {
  return told(api.POST("/api/v1/auth/two-factor/challenge"));
}
