import fc from "fast-check";
import { expect, test } from "vitest";

import { hide, IDLE_AFTER, input, isActive, read, start, type Clock } from "@/features/labeling/pass/clock";

const total = (clock: Clock, now: number) => read(clock, now).total;

test("time in which the page is used counts", () => {
  expect(total(input(start(0), 20_000), 30_000)).toBe(30_000);
});

test("time counts until 60 s after the last input", () => {
  expect(total(start(0), 10 * IDLE_AFTER)).toBe(IDLE_AFTER);
});

test("coming back to an idle page counts on from there", () => {
  expect(total(input(start(0), 600_000), 605_000)).toBe(IDLE_AFTER + 5_000);
});

test("time in which the page is hidden does not count", () => {
  expect(total(input(hide(start(0), 10_000), 40_000), 45_000)).toBe(15_000);
});

test("a kept pass goes on from the time it had", () => {
  expect(total(start(0, 7_000), 1_000)).toBe(8_000);
});

test("a page is active until 60 s after input, and not while hidden", () => {
  expect(isActive(start(0), IDLE_AFTER)).toBe(true);
  expect(isActive(start(0), IDLE_AFTER + 1)).toBe(false);
  expect(isActive(hide(start(0), 1), 2)).toBe(false);
});

test("active time never shrinks and never exceeds the time that passed", () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 200_000 }), fc.constantFrom(input, hide, read)));
  fc.assert(
    fc.property(steps, (happened) => {
      let [clock, now] = [start(0), 0];
      for (const [passed, act] of happened) {
        now += passed;
        const next = act(clock, now);
        expect(next.total).toBeGreaterThanOrEqual(clock.total);
        clock = next;
      }
      expect(clock.total).toBeLessThanOrEqual(now);
    }),
  );
});
