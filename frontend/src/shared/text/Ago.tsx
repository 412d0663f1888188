import { useEffect, useState } from "react";

import { ago, moment, NONE } from "./format";

const TICK = 30_000; // ms

/** A time as people say it, the exact one on hover. */
export function Ago({ at }: { at: string | null }) {
  const now = useNow();
  if (at === null) return NONE;
  return (
    <time dateTime={at} title={moment(at)}>
      {ago(at, now)}
    </time>
  );
}

function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK);
    return () => clearInterval(timer);
  }, []);
  return now;
}
