import { Alert, Button, Text, VisuallyHidden } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useReducer, useRef, useState } from "react";
import { Link } from "react-router";

import { ApiError } from "@/api/errors";
import { Key } from "@/shared/keys/Key";
import { useKeys } from "@/shared/keys/use-keys";
import { texts as shared } from "@/shared/language/texts";
import { TopBar } from "@/shared/layout/TopBar";
import { paths } from "@/shared/paths";
import { Loaded, sentenceFor } from "@/shared/states/states";
import { useStable } from "@/shared/use-stable";

import { submit } from "../desk/calls";
import labeling from "../labeling.module.css";
import type { Doing } from "../pass/actions";
import { answer, ending, move, resume, type Judgement, type Pass, type Task } from "../pass/machine";
import { Problem } from "../pass/Problem";
import { Steps } from "../pass/Steps";
import { useAnnouncement, useAnnouncer } from "../pass/use-announcement";
import { useClock } from "../pass/use-clock";
import { useHeight } from "../pass/use-height";
import { taskOf } from "../pass/use-pass";
import { PRACTICE_KEYS } from "../practice/actions";
import classes from "../practice/practice.module.css";
import { mineQuery, myPassQuery, type PassOfMine } from "../practice/queries";
import { texts } from "../practice/texts";

const words = texts.again;

/** One pass of one's own: to look at, and while its round is open to change. */
export default function PassPage({ slug, id }: { slug: string; id: number }) {
  const query = useQuery(myPassQuery(slug, id));
  const saving = useSaving(slug, id); // out here: the pass that was saved is drawn anew
  return (
    <>
      <title>{`${words.title} · ${shared.product}`}</title>
      <TopBar slug={slug}>
        <Link to={paths.mine(slug)} className={classes.link}>
          {words.back}
        </Link>
      </TopBar>
      <main className={labeling.main}>
        <VisuallyHidden component="h1">{words.title}</VisuallyHidden>
        <Loaded query={query}>{(found) => <Again key={found.label.id} found={found} saving={saving} />}</Loaded>
      </main>
    </>
  );
}

type Label = PassOfMine["label"];
type RatingGiven = -1 | 0 | 1 | null;

function judgement(rating: RatingGiven): Judgement {
  return rating ?? "unsure";
}

/** The pass as it was handed in, to go on from. */
function asHandedIn(task: Task, { ratings, alternatives }: Label): Pass {
  const judged = alternatives.map(({ id, rating }) => [id, judgement(rating as RatingGiven)] as const);
  return resume(task, { ratings: ratings.map((rating) => judgement(rating as RatingGiven)), judged: Object.fromEntries(judged) });
}

type Saving = ReturnType<typeof useSaving>;

function Again({ found: { assignment, label }, saving }: { found: PassOfMine; saving: Saving }) {
  const [before] = useState(() => asHandedIn(taskOf(assignment), label));
  const [pass, act] = useReducer(move, before);
  const [whole, setWhole] = useState(false);
  const clock = useClock(label.total_time, label.open);
  const announcer = useAnnouncer();
  const problem = useRef<HTMLElement>(null);
  useHeight(problem, "--lh-pinned");
  const overtakenBy = saving.error instanceof ApiError ? saving.error.standing : null;
  const finish = ending(pass);
  const mayBeSaved = label.open && finish !== null && pass !== before;
  const perform = useStable((doing: Doing): boolean => {
    if ("move" in doing) act(doing.move);
    else if (doing.command === "whole_problem") setWhole(!whole);
    else if (doing.command === "submit" && mayBeSaved && !saving.isPending) {
      const { comment } = label;
      const rest = { finish_reason: finish, reason: "", total_time: Math.round(clock.total()), comment };
      saving.mutate({ lease: assignment.lease.token, ...answer(pass), ...rest, revises: overtakenBy ?? label.revision });
    }
    return true;
  });
  useKeys(PRACTICE_KEYS, perform, label.open);
  useAnnouncement(pass, announcer.say);
  return (
    <div className={labeling.page}>
      <p className={classes.place}>
        <strong>{label.open ? words.open : words.closed}</strong>
        <Told label={label} />
      </p>
      <Problem assignment={assignment} whole={whole} element={problem} perform={perform} />
      <VisuallyHidden role="status" ref={announcer.line} />
      <Steps
        assignment={assignment}
        pass={pass}
        inSight={label.open}
        perform={label.open ? perform : nothing}
        pointAt={(at) => act({ type: "point", at })}
      />
      <footer className={labeling.foot}>
        {saving.isError && <Alert role="alert" color="orange" title={overtakenBy === null ? sentenceFor(saving.error) : words.overtaken} />}
        {saving.isSuccess && pass === before && <Alert role="status" variant="light" title={words.saved} />}
        {label.open && (
          <div className={labeling.bar}>
            <span />
            <Button
              disabled={!mayBeSaved}
              loading={saving.isPending}
              rightSection={<Key of="Enter" />}
              onClick={() => perform({ command: "submit" })}
            >
              {words.save}
            </Button>
          </div>
        )}
      </footer>
    </div>
  );
}

const nothing = () => undefined;

/** How it ended and what was said with it, in the labeler's own words. */
function Told({ label }: { label: Label }) {
  const said = [label.reason, label.comment?.text].filter(Boolean).join(" · ");
  return (
    <>
      <span>{texts.mine.by[label.finish_reason]}</span>
      {said && <Text span size="sm">{`“${said}”`}</Text>}
      {label.answer && (
        <Text span size="sm">
          <strong>{texts.mine.answer}</strong>: {label.answer.text}
          {label.answer.instructions_version !== null && ` ${texts.mine.forAll(label.answer.instructions_version)}`}
        </Text>
      )}
    </>
  );
}

/** The answer to a change brings the next assignment, on a lease: the labeler's page finds it there. */
function useSaving(slug: string, id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Parameters<typeof submit>[1]) => submit(id, body),
    onSuccess: () => client.invalidateQueries({ queryKey: mineQuery(slug).queryKey }),
  });
}
