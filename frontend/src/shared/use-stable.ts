import { useCallback, useLayoutEffect, useRef } from "react";

/** A function that never changes and always does what the last render's did: for memoised rows and listeners. */
export function useStable<Arguments extends readonly unknown[], Result>(act: (...given: Arguments) => Result): (...given: Arguments) => Result {
  const latest = useRef(act);
  useLayoutEffect(() => {
    latest.current = act;
  });
  return useCallback((...given: Arguments) => latest.current(...given), []);
}
