import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { useClock } from "@/features/labeling/pass/use-clock";

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => vi.useRealTimers());

const pass = (ms: number) =>
  act(() => {
    vi.advanceTimersByTime(ms);
  });
const press = () => window.dispatchEvent(new KeyboardEvent("keydown", { key: "j" }));

function show(state: DocumentVisibilityState) {
  vi.spyOn(document, "visibilityState", "get").mockReturnValue(state);
  document.dispatchEvent(new Event("visibilitychange"));
}

test("to the millisecond: in use, left alone, in use again, hidden, shown", () => {
  const { result } = renderHook(() => useClock(0, true));
  pass(30_123); // read, without a key
  press();
  pass(59_999); // still within 60 s of the key
  expect(result.current.total()).toBe(90_122);
  pass(600_000); // left alone: 1 ms of it counts
  expect(result.current.total()).toBe(90_123);
  press();
  pass(5_001);
  show("hidden");
  pass(40_000);
  expect(result.current.total()).toBe(95_124);
  show("visible");
  pass(7);
  expect(result.current.total()).toBe(95_131);
});

test("what is drawn ahead counts nothing until it is on the desk", () => {
  const { result, rerender } = renderHook(({ running }) => useClock(0, running), { initialProps: { running: false } });
  pass(20_000);
  press();
  expect(result.current.total()).toBe(0);
  rerender({ running: true });
  pass(1_234);
  expect(result.current.total()).toBe(1_234);
});

test("a pass that was taken up again goes on from the time it had", () => {
  const { result } = renderHook(() => useClock(42_000, true));
  pass(500);
  expect(result.current.total()).toBe(42_500);
});
