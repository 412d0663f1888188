import { useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";

import { projectQuery } from "@/api/queries";
import { onMachine } from "@/shared/view/keep";

const seen = onMachine("instructions");

/** The newest version, or null where none was written yet. */
export const useInstructions = (slug: string) => useQuery({ ...projectQuery(slug), select: ({ instructions }) => instructions });

export interface News {
  /** Whether there is a version that this person has not seen here, and whether they had seen one before. */
  readonly unseen: boolean;
  readonly changed: boolean;
  readonly markSeen: () => void;
}

/** Instructions open by themselves once: at the first visit, and when their version has changed. */
export function useNews(slug: string, username: string): News {
  const key = `${username}/${slug}`;
  const { data } = useInstructions(slug);
  const [known, setKnown] = useState(() => Number(seen.read(key) ?? 0));
  const version = data?.text.trim() ? data.version : 0; // nothing written is nothing new
  const markSeen = useCallback(() => {
    seen.write(key, Math.max(version, known));
    setKnown(Math.max(version, known));
  }, [key, version, known]);
  return { unseen: version > known, changed: known > 0 && version > known, markSeen };
}
