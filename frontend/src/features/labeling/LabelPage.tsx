import { Button, Group, VisuallyHidden } from "@mantine/core";
import { useCallback, useEffect, useState } from "react";

import { Key } from "@/shared/Key";
import { KeysHelp } from "@/shared/KeysHelp";
import { useMe } from "@/shared/session";
import { Empty, Failure, Waiting } from "@/shared/states";
import { texts as shared } from "@/shared/texts";
import { TopBar } from "@/shared/TopBar";
import { useKeys } from "@/shared/use-keys";

import { actionNamed, ACTIONS, KEYMAP, type Doing } from "./actions";
import { held } from "./desk";
import { InstructionsDrawer, type Dialog } from "./dialogs";
import { draftKey, hasDraft } from "./draft";
import { useNews } from "./instructions";
import classes from "./labeling.module.css";
import { texts } from "./texts";
import { Today } from "./Today";
import { useDesk, type DeskHandle } from "./use-desk";
import { useRelease } from "./use-lease";
import { Work } from "./Work";

export default function LabelPage({ slug }: { slug: string }) {
  const { username } = useMe();
  const handle = useDesk(slug, username);
  const { dialog, setDialog, changed } = useDialogs(slug, username);
  useLeaving(handle, username);
  const { work, revising } = handle.desk;
  const close = () => setDialog(null);
  return (
    <>
      <title>{`${texts.title} · ${shared.product}`}</title>
      <TopBar slug={slug}>
        <Today slug={slug} landed={handle.desk.landed} />
        <HeaderButtons setDialog={setDialog} />
      </TopBar>
      <main className={classes.main}>
        <VisuallyHidden component="h1">{texts.heading}</VisuallyHidden>
        {work ? (
          <Work
            key={`${work.id}/${revising}`}
            assignment={work}
            handle={handle}
            username={username}
            dialog={dialog}
            setDialog={setDialog}
          />
        ) : (
          <NoWork handle={handle} dialog={dialog} setDialog={setDialog} />
        )}
      </main>
      <KeysHelp actions={ACTIONS} opened={dialog === "help"} onClose={close} />
      <InstructionsDrawer slug={slug} opened={dialog === "instructions"} changed={changed} onClose={close} />
    </>
  );
}

function HeaderButtons({ setDialog }: { setDialog: (dialog: Dialog) => void }) {
  return (
    <Group gap={4} wrap="nowrap">
      {(["instructions", "help"] as const).map((dialog) => (
        <HeaderButton key={dialog} dialog={dialog} setDialog={setDialog} />
      ))}
    </Group>
  );
}

function HeaderButton({ dialog, setDialog }: { dialog: "instructions" | "help"; setDialog: (dialog: Dialog) => void }) {
  const action = actionNamed(dialog);
  return (
    <button type="button" className={classes.quiet} aria-keyshortcuts={action.keys[0]} onClick={() => setDialog(dialog)}>
      {action.label} <Key of={action.keys[0]!} />
    </button>
  );
}

/** One dialog at a time; instructions that this person has not seen open by themselves. */
function useDialogs(slug: string, username: string) {
  const news = useNews(slug, username);
  const [dialog, set] = useState<Dialog | null>(null);
  const [changed, setChanged] = useState(false);
  useEffect(() => {
    if (!news.unseen) return;
    setChanged(news.changed);
    set("instructions");
    news.markSeen();
  }, [news]);
  const setDialog = useCallback((next: Dialog | null) => {
    set(next);
    if (next === "instructions") setChanged(false);
  }, []);
  return { dialog, setDialog, changed };
}

function useLeaving({ desk, ask, forget }: DeskHandle, username: string): void {
  const untouched = useCallback(() => {
    const assignment = held(desk);
    return assignment && !hasDraft(draftKey(username, assignment.solution_id)) ? assignment : null;
  }, [desk, username]);
  const back = useCallback(() => void ask(), [ask]);
  useRelease(untouched, forget, back);
}

/** No assignment: being asked for, refused, or nothing to do and why. */
function NoWork({ handle, dialog, setDialog }: { handle: DeskHandle; dialog: Dialog | null; setDialog: (dialog: Dialog) => void }) {
  const { desk, ask, reopen } = handle;
  const perform = useCallback(
    (doing: Doing) => {
      if (!("command" in doing)) return false;
      if (doing.command === "help" || doing.command === "instructions") setDialog(doing.command);
      else if (doing.command === "reopen") reopen();
      else return false;
      return true;
    },
    [setDialog, reopen],
  );
  useKeys(KEYMAP, perform, dialog === null);
  if (desk.refusal) return <div className={classes.page}><Failure error={desk.refusal} title={texts.notFetched} onRetry={() => void ask()} /></div>;
  if (!desk.reason) return <div className={classes.page}><Waiting lines={6} /></div>;
  return (
    <Empty title={texts.nothing.title} detail={`${desk.reason.sentence} ${texts.nothing.looks}`}>
      <Group>
        <Button onClick={() => void ask()}>{desk.busy ? texts.nothing.looking : texts.nothing.again}</Button>
        {desk.last && (
          <Button variant="default" onClick={reopen} rightSection={<Key of="u" />}>
            {texts.actions.reopen}
          </Button>
        )}
      </Group>
    </Empty>
  );
}
