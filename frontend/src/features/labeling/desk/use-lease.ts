import { useEffect } from "react";

import { ApiError } from "@/api/errors";
import type { Assignment } from "@/api/types";

import * as calls from "./calls";
import { isPassing } from "./outbox";

const CHECK = { least: 1_000, most: 20_000 }; // ms between looks at the lease

/** Whether a lease should be renewed now: a third of it has run. */
export function isDue(since: number, until: number, now: number): boolean {
  return now - since > (until - since) / 3;
}

/** Renew; the new expiry in ms, or null. A lease that is lost is told; what may pass is met again at the next look. */
export async function renewLease(id: number, lost: (error: ApiError) => void): Promise<number | null> {
  try {
    return Date.parse((await calls.renew(id)).expires_at);
  } catch (error) {
    if (error instanceof ApiError && !isPassing(error)) lost(error);
    return null;
  }
}

/** Keep the leases alive while the page is in use. */
export function useRenewal(held: readonly Assignment[], active: () => boolean, lost: (id: number, error: ApiError) => void): void {
  useEffect(() => {
    const stops = held.map((assignment) => keepAlive(assignment, active, (error) => lost(assignment.id, error)));
    return () => stops.forEach((stop) => stop());
  }, [held, active, lost]);
}

function keepAlive(assignment: Assignment, active: () => boolean, lost: (error: ApiError) => void): () => void {
  let since = Date.now();
  let until = Date.parse(assignment.lease.expires_at);
  const look = async () => {
    if (!active() || !isDue(since, until, Date.now())) return;
    until = (await renewLease(assignment.id, lost)) ?? until;
    since = Date.now();
  };
  const every = Math.min(CHECK.most, Math.max(CHECK.least, (until - since) / 6));
  const timer = setInterval(() => void look(), every);
  return () => clearInterval(timer);
}
