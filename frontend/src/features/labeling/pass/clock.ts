/**
 * Active time of a pass in ms: the page was visible and had input in the last 60 s.
 *
 * Pure, so that time comes from outside; `since` is the start of the stretch that is not yet counted, null while hidden.
 */

export const IDLE_AFTER = 60_000;

export interface Clock {
  readonly total: number;
  readonly since: number | null;
  readonly input: number;
}

export function start(now: number, total = 0): Clock {
  return { total, since: now, input: now };
}

/** Count what passed since the last reading, but not beyond 60 s after the last input. */
export function read(clock: Clock, now: number): Clock {
  if (clock.since === null) return clock;
  const until = Math.min(now, clock.input + IDLE_AFTER);
  return { ...clock, total: clock.total + Math.max(0, until - clock.since), since: now };
}

export function input(clock: Clock, now: number): Clock {
  return { ...read(clock, now), since: now, input: now };
}

export function hide(clock: Clock, now: number): Clock {
  return { ...read(clock, now), since: null };
}

export function isActive(clock: Clock, now: number): boolean {
  return clock.since !== null && now - clock.input <= IDLE_AFTER;
}
