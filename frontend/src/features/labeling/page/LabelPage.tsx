import { Button, Group, VisuallyHidden } from "@mantine/core";
import { useEffect, useRef } from "react";
import { Link } from "react-router";

import { Key } from "@/shared/keys/Key";
import { KeysHelp } from "@/shared/keys/KeysHelp";
import { useFocusKept } from "@/shared/keys/use-focus";
import { useKeys } from "@/shared/keys/use-keys";
import { texts as shared } from "@/shared/language/texts";
import { TopBar } from "@/shared/layout/TopBar";
import { AsWritten } from "@/shared/mathematics/MathText";
import { paths } from "@/shared/paths";
import { useMe } from "@/shared/session";
import { Empty, Failure, Waiting } from "@/shared/states/states";
import { useStable } from "@/shared/use-stable";

import { PAUSED, type Desk as DeskState } from "../desk/desk";
import { forgetDesk, useDesk, type DeskHandle } from "../desk/use-desk";
import { useOnlyTab } from "../desk/use-only-tab";
import classes from "../labeling.module.css";
import { actionNamed, ACTIONS, isOfPage, KEYMAP, type Doing, type PageCommand } from "../pass/actions";
import { texts } from "../texts";
import { InstructionsDrawer } from "./dialogs";
import { OnTheirWay, RefusedPasses, Screened } from "./notices";
import { Today } from "./Today";
import { usePage, type PageHandle } from "./use-page";
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
  const page = usePage(slug, username);
  const main = useRef<HTMLElement>(null);
  const shown = sheets(handle.desk);
  const close = () => page.setDialog(null);
  useFocusKept(main, shown[0]?.key, () => main.current?.querySelector<HTMLElement>(FIRST));
  return (
    <>
      <title>{`${texts.title} · ${shared.product}`}</title>
      <TopBar slug={slug}>
        <Today slug={slug} landed={handle.landed} screening={handle.desk.work?.screening ?? null} />
        <HeaderButtons page={page} />
      </TopBar>
      <main ref={main} className={classes.main}>
        <VisuallyHidden component="h1">{texts.heading}</VisuallyHidden>
        <VisuallyHidden role="status" ref={page.announcer.line} />
        <AsWritten value={page.asWritten}>
          {shown.map(({ assignment, key, ahead }) => (
            <div key={key} className={ahead ? classes.ahead : undefined} style={ahead ? HIDDEN : undefined}>
              <Work assignment={assignment} ahead={ahead} handle={handle} username={username} page={page} />
            </div>
          ))}
        </AsWritten>
        {!handle.desk.work && <NoWork slug={slug} handle={handle} page={page} />}
      </main>
      <KeysHelp actions={ACTIONS} opened={page.dialog === "help"} onClose={close} />
      <InstructionsDrawer slug={slug} opened={page.dialog === "instructions"} changed={page.changed} onClose={close} />
    </>
  );
}

/** What takes the focus when the pass that had it is gone: the next problem, or the first thing that can be done. */
const FIRST = "section[tabindex], button";
const HIDDEN = { visibility: "hidden" } as const; // laid out all the same

/** What lies on the desk, and under it what comes next: drawn already, so that at Enter it only has to be shown. */
function sheets({ work, next, revising }: DeskState) {
  const top = work ? [{ assignment: work, key: `${work.id}/${revising}`, ahead: false }] : [];
  const under = work && next ? [{ assignment: next, key: `${next.id}/false`, ahead: true }] : [];
  return [...top, ...under];
}

const IN_HEADER: readonly PageCommand[] = ["as_written", "instructions", "help"];

function HeaderButtons({ page }: { page: PageHandle }) {
  return (
    <Group gap={4} wrap="nowrap">
      {IN_HEADER.map((name) => (
        <HeaderButton key={name} name={name} pressed={name === "as_written" ? page.asWritten : undefined} obey={page.obey} />
      ))}
    </Group>
  );
}

interface HeaderButtonProps {
  readonly name: PageCommand;
  readonly pressed: boolean | undefined;
  readonly obey: (command: PageCommand) => void;
}

function HeaderButton({ name, pressed, obey }: HeaderButtonProps) {
  const action = actionNamed(name);
  return (
    <button type="button" className={classes.quiet} aria-pressed={pressed} aria-keyshortcuts={action.keys[0]} onClick={() => obey(name)}>
      {action.label()} <Key of={action.keys[0]!} />
    </button>
  );
}

/** No assignment: being asked for, refused, or nothing to do and why. */
function NoWork({ slug, handle, page }: { slug: string; handle: DeskHandle; page: PageHandle }) {
  const { outbox, reopen } = handle;
  const perform = useStable((doing: Doing) => {
    if (!("command" in doing)) return false;
    if (doing.command === "reopen") reopen();
    else if (isOfPage(doing.command)) page.obey(doing.command);
    else return false;
    return true;
  });
  useKeys(KEYMAP, perform, page.dialog === null);
  return (
    <div className={classes.page}>
      <OnTheirWay outbox={outbox} />
      <RefusedPasses handle={handle} />
      <Screened handle={handle} />
      <WhyNothing slug={slug} handle={handle} />
    </div>
  );
}

const RETAKE = "screening_retake"; // one may take other questions, from the page of one's own passes

function WhyNothing({ slug, handle: { desk, outbox, ask, reopen } }: { slug: string; handle: DeskHandle }) {
  if (outbox.trouble) return null; // the line above says what is being waited for
  if (desk.refusal) return <Failure error={desk.refusal} title={texts.notFetched} onRetry={ask} />;
  if (!desk.reason || outbox.waiting.length > 0) return <Waiting lines={6} />; // what is on its way may bring something
  const paused = desk.reason.code === PAUSED;
  return (
    <Empty
      title={paused ? texts.nothing.paused : texts.nothing.title}
      detail={`${texts.nothing.why(desk.reason.code) ?? desk.reason.sentence} ${texts.nothing.looks}`}
    >
      <Group>
        {desk.reason.code === RETAKE && (
          <Button component={Link} to={paths.mine(slug)}>
            {texts.nothing.retake}
          </Button>
        )}
        <Button variant={desk.reason.code === RETAKE ? "default" : "filled"} onClick={ask}>
          {desk.asking ? texts.nothing.looking : texts.nothing.again}
        </Button>
        <Button component={Link} to={paths.practice(slug)} variant="default">
          {texts.nothing.practise}
        </Button>
        {desk.last && !paused && (
          <Button variant="default" onClick={reopen} rightSection={<Key of="u" />}>
            {texts.actions.reopen}
          </Button>
        )}
      </Group>
    </Empty>
  );
}
