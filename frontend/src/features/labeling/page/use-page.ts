import { useEffect, useMemo, useState } from "react";

import { useStable } from "@/shared/use-stable";
import { resize } from "@/shared/view/view";

import type { PageCommand } from "../pass/actions";
import { useAnnouncer, type Announcer } from "../pass/use-announcement";
import type { Dialog } from "./dialogs";
import { useNews } from "./instructions";

export interface PageHandle {
  readonly dialog: Dialog | null;
  readonly setDialog: (dialog: Dialog | null) => void;
  /** Whether the instructions that are open are news to somebody who knew others. */
  readonly changed: boolean;
  /** Whether texts are shown as they were written. */
  readonly asWritten: boolean;
  readonly obey: (command: PageCommand) => void;
  readonly announcer: Announcer;
}

/** What the page keeps besides the desk: one dialog at a time, how texts are shown, what is read out. */
export function usePage(slug: string, username: string): PageHandle {
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const [asWritten, setAsWritten] = useState(false);
  const announcer = useAnnouncer();
  const [changed, read] = useInstructionsOnce(slug, username, setDialog);
  const obey = useStable((command: PageCommand) => {
    if (command === "larger") resize(1);
    else if (command === "smaller") resize(-1);
    else if (command === "as_written") setAsWritten(!asWritten);
    else setDialog(command);
    if (command === "instructions") read();
  });
  return useMemo(() => ({ dialog, setDialog, changed, asWritten, obey, announcer }), [dialog, changed, asWritten, obey, announcer]);
}

/** Instructions that this person has not seen open by themselves. */
function useInstructionsOnce(slug: string, username: string, setDialog: (dialog: Dialog) => void): [boolean, () => void] {
  const news = useNews(slug, username);
  const [changed, setChanged] = useState(false);
  useEffect(() => {
    if (!news.unseen) return;
    setChanged(news.changed);
    setDialog("instructions");
    news.markSeen();
  }, [news, setDialog]);
  return [changed, () => setChanged(false)];
}
