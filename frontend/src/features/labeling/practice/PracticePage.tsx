import { Button, Group, VisuallyHidden } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { Key } from "@/shared/keys/Key";
import { KeysHelp } from "@/shared/keys/KeysHelp";
import { texts as shared } from "@/shared/language/texts";
import { TopBar } from "@/shared/layout/TopBar";
import { paths } from "@/shared/paths";
import { Empty, Loaded } from "@/shared/states/states";

import labeling from "../labeling.module.css";
import { InstructionsDrawer } from "../page/dialogs";
import { actionNamed } from "../pass/actions";
import { PRACTICE, REVEAL, type Dialog } from "./actions";
import classes from "./practice.module.css";
import { PracticeWork } from "./PracticeWork";
import { practiceItemQuery, practiceQuery, type Standing } from "./queries";
import { texts } from "./texts";

/** The practice set, one solution after the other: rate it, then hear what the team says of it, step by step. */
export default function PracticePage({ slug }: { slug: string }) {
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const query = useQuery(practiceQuery(slug));
  return (
    <>
      <title>{`${texts.practice.title} · ${shared.product}`}</title>
      <TopBar slug={slug}>
        <Group gap={4} wrap="nowrap">
          <Link to={paths.label(slug)} className={classes.link}>
            {texts.practice.label}
          </Link>
          <HeaderButton dialog="instructions" onOpen={setDialog} />
          <HeaderButton dialog="help" onOpen={setDialog} />
        </Group>
      </TopBar>
      <main className={labeling.main}>
        <VisuallyHidden component="h1">{texts.practice.title}</VisuallyHidden>
        <Loaded query={query}>{(set) => <Course slug={slug} set={set} dialog={dialog} setDialog={setDialog} />}</Loaded>
      </main>
      <KeysHelp
        actions={[...PRACTICE, ...REVEAL.filter(({ name }) => name === "all" || name === "again")]}
        opened={dialog === "help"}
        onClose={() => setDialog(null)}
      />
      <InstructionsDrawer slug={slug} opened={dialog === "instructions"} changed={false} onClose={() => setDialog(null)} />
    </>
  );
}

function HeaderButton({ dialog, onOpen }: { dialog: Dialog; onOpen: (dialog: Dialog) => void }) {
  const action = actionNamed(dialog);
  return (
    <button type="button" className={labeling.quiet} aria-keyshortcuts={action.keys[0]} onClick={() => onOpen(dialog)}>
      {action.label()} <Key of={action.keys[0]!} />
    </button>
  );
}

interface CourseProps {
  readonly slug: string;
  readonly set: readonly Standing[];
  readonly dialog: Dialog | null;
  readonly setDialog: (dialog: Dialog) => void;
}

/** From the first solution that this person hasn't been over, to the end and round again. */
function Course({ slug, set, dialog, setDialog }: CourseProps) {
  const client = useQueryClient();
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      set.findIndex(({ passes }) => passes === 0),
    ),
  );
  const [round, setRound] = useState(0);
  const [finished, setFinished] = useState(false);
  const query = useQuery({ ...practiceItemQuery(slug, set[at]?.id ?? 0), enabled: set.length > 0 });
  if (set.length === 0) return <Nothing slug={slug} />;
  if (finished) return <Finished slug={slug} set={set} onAgain={() => setFinished(false)} />;
  const move = (to: number) => {
    setRound(round + 1);
    setAt(to % set.length);
    setFinished(to === set.length);
    void client.invalidateQueries({ queryKey: practiceQuery(slug).queryKey, exact: true });
  };
  return (
    <Loaded query={query}>
      {(item) => (
        <PracticeWork
          key={`${item.id}/${round}`}
          slug={slug}
          item={item}
          place={<Place set={set} at={at} />}
          last={at === set.length - 1}
          idle={dialog === null}
          setDialog={setDialog}
          onNext={() => move(at + 1)}
          onAgain={() => move(at)}
        />
      )}
    </Loaded>
  );
}

function Place({ set, at }: { set: readonly Standing[]; at: number }) {
  const { agreed, done } = tally(set);
  return (
    <p className={classes.place}>
      <strong>{texts.practice.place(at + 1, set.length)}</strong>
      {done > 0 && <span>{texts.practice.agreed(agreed, done)}</span>}
      <span>{texts.practice.counts}</span>
    </p>
  );
}

function tally(set: readonly Standing[]) {
  return { agreed: set.filter(({ agreed }) => agreed).length, done: set.filter(({ passes }) => passes > 0).length };
}

function Nothing({ slug }: { slug: string }) {
  return (
    <Empty title={texts.practice.empty.title} detail={texts.practice.empty.detail}>
      <Button component={Link} to={paths.label(slug)}>
        {texts.practice.label}
      </Button>
    </Empty>
  );
}

function Finished({ slug, set, onAgain }: { slug: string; set: readonly Standing[]; onAgain: () => void }) {
  return (
    <Empty title={texts.practice.done.title} detail={texts.practice.done.detail(tally(set).agreed, set.length)}>
      <Group>
        <Button component={Link} to={paths.label(slug)} autoFocus>
          {texts.practice.label}
        </Button>
        <Button variant="default" onClick={onAgain}>
          {texts.practice.last}
        </Button>
      </Group>
    </Empty>
  );
}
