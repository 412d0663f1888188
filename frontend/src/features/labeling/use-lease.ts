import { useEffect } from "react";

import { ApiError, OFFLINE } from "@/api/errors";
import type { Assignment } from "@/api/types";

import * as calls from "./calls";

const CHECK = { least: 1_000, most: 20_000 }; // ms between looks at the lease

/** Whether a lease should be renewed now: a third of it has run. */
export function isDue(since: number, until: number, now: number): boolean {
  return now - since > (until - since) / 3;
}

/** Renew; the new expiry in ms, or null. A lease that is lost is told, a lost connection is met again at the next look. */
export async function renewLease(id: number, lost: (error: ApiError) => void): Promise<number | null> {
  try {
    return Date.parse((await calls.renew(id)).expires_at);
  } catch (error) {
    if (error instanceof ApiError && error.code !== OFFLINE) lost(error);
    return null;
  }
}

/** Keep the lease alive while the page is in use. */
export function useRenewal(assignment: Assignment | null, active: () => boolean, lost: (error: ApiError) => void): void {
  useEffect(() => {
    if (!assignment) return;
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
  }, [assignment, active, lost]);
}

/** On leaving, hand back what was not begun; what was begun stays leased, and comes back first. */
export function useRelease(untouched: () => Assignment | null, forget: () => void, back: () => void): void {
  useEffect(() => {
    const leave = () => {
      const assignment = untouched();
      if (!assignment) return;
      calls.releaseOnLeaving(assignment.id);
      forget();
    };
    const shown = (event: PageTransitionEvent) => event.persisted && back(); // out of the browser's back-forward cache
    window.addEventListener("pagehide", leave);
    window.addEventListener("pageshow", shown);
    return () => {
      window.removeEventListener("pagehide", leave);
      window.removeEventListener("pageshow", shown);
    };
  }, [untouched, forget, back]);
}
