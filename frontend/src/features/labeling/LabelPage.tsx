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
import { InstructionsDrawer, type Dialog } from "./dialogs";
import { useNews } from "./instructions";
import classes from "./labeling.module.css";
import type { Desk as DeskState } from "./desk";
import { OnTheirWay, RefusedPasses } from "./notices";
import { texts } from "./texts";
import { Today } from "./Today";
import { forgetDesk, useDesk, type DeskHandle } from "./use-desk";
import { useOnlyTab } from "./use-only-tab";
import { Work } from "./Work";

/** One tab at a time has the desk: two would show the same solution, each with half of its ratings. */
export default function LabelPage({ slug }: { slug: string }) {
  const { username } = useMe();
  const { mine, take } = useOnlyTab(`labelhub/desk/${username}/${slug}`);
  if (mine) return <Desk slug={slug} username={username} />;
  return (
    <>
      <title>{`${texts.title} · ${shared.product}`}</title>
      <TopBar slug={slug} />
      <main className={classes.main}>{mine === null ? null : <Elsewhere slug={slug} onTake={take} />}</main>
    </>
  );
}

function Elsewhere({ slug, onTake }: { slug: string; onTake: () => void }) {
  useEffect(() => forgetDesk(slug), [slug]);
  return (
    <Empty order={1} title={texts.elsewhere.title} detail={texts.elsewhere.detail}>
      <Button onClick={onTake}>{texts.elsewhere.take}</Button>
    </Empty>
  );
}

function Desk({ slug, username }: { slug: string; username: string }) {
  const handle = useDesk(slug, username);
  const { dialog, setDialog, changed } = useDialogs(slug, username);
  const close = () => setDialog(null);
  return (
    <>
      <title>{`${texts.title} · ${shared.product}`}</title>
      <TopBar slug={slug}>
        <Today slug={slug} landed={handle.landed} />
        <HeaderButtons setDialog={setDialog} />
      </TopBar>
      <main className={classes.main}>
        <VisuallyHidden component="h1">{texts.heading}</VisuallyHidden>
        {sheets(handle.desk).map(({ assignment, key, ahead }) => (
          <div key={key} className={ahead ? classes.ahead : undefined} style={ahead ? HIDDEN : undefined}>
            <Work assignment={assignment} ahead={ahead} handle={handle} username={username} dialog={dialog} setDialog={setDialog} />
          </div>
        ))}
        {!handle.desk.work && <NoWork handle={handle} dialog={dialog} setDialog={setDialog} />}
      </main>
      <KeysHelp actions={ACTIONS} opened={dialog === "help"} onClose={close} />
      <InstructionsDrawer slug={slug} opened={dialog === "instructions"} changed={changed} onClose={close} />
    </>
  );
}

const HIDDEN = { visibility: "hidden" } as const; // laid out all the same

/** What lies on the desk, and under it what comes next: drawn already, so that at Enter it only has to be shown. */
function sheets({ work, next, revising }: DeskState) {
  const top = work ? [{ assignment: work, key: `${work.id}/${revising}`, ahead: false }] : [];
  const under = work && next ? [{ assignment: next, key: `${next.id}/false`, ahead: true }] : [];
  return [...top, ...under];
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
      {action.label()} <Key of={action.keys[0]!} />
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

/** No assignment: being asked for, refused, or nothing to do and why. */
function NoWork({ handle, dialog, setDialog }: { handle: DeskHandle; dialog: Dialog | null; setDialog: (dialog: Dialog) => void }) {
  const { outbox, reopen } = handle;
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
  return (
    <div className={classes.page}>
      <OnTheirWay outbox={outbox} />
      <RefusedPasses handle={handle} />
      <WhyNothing handle={handle} />
    </div>
  );
}

function WhyNothing({ handle: { desk, outbox, ask, reopen } }: { handle: DeskHandle }) {
  if (outbox.trouble) return null; // the line above says what is being waited for
  if (desk.refusal) return <Failure error={desk.refusal} title={texts.notFetched} onRetry={ask} />;
  if (!desk.reason || outbox.waiting.length > 0) return <Waiting lines={6} />; // what is on its way may bring something
  return (
    <Empty title={texts.nothing.title} detail={`${texts.nothing.why(desk.reason.code) ?? desk.reason.sentence} ${texts.nothing.looks}`}>
      <Group>
        <Button onClick={ask}>{desk.asking ? texts.nothing.looking : texts.nothing.again}</Button>
        {desk.last && (
          <Button variant="default" onClick={reopen} rightSection={<Key of="u" />}>
            {texts.actions.reopen}
          </Button>
        )}
      </Group>
    </Empty>
  );
}
