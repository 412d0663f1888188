import { useEffect, useState, useSyncExternalStore } from "react";

import { useSignedInAt } from "@/shared/session";
import { useStable } from "@/shared/use-stable";

import { Outbox, type Entry, type State } from "./outbox";

/** The outbox of one labeler in one project; sends by itself, and at once when the connection or the session is back. */
export function useOutbox(owner: string, deliver: (entry: Entry) => Promise<number>): [State, Outbox] {
  const delivering = useStable(deliver);
  const [outbox] = useState(() => new Outbox(owner, delivering));
  const signedInAt = useSignedInAt();
  useEffect(() => {
    void outbox.open();
    return () => outbox.close();
  }, [outbox]);
  useEffect(() => {
    const flush = () => void outbox.flush();
    flush();
    window.addEventListener("online", flush);
    return () => window.removeEventListener("online", flush);
  }, [outbox, signedInAt]);
  return [useSyncExternalStore(outbox.subscribe, outbox.snapshot), outbox];
}
