import { Alert, Button, Group, Text } from "@mantine/core";
import { useState } from "react";

import { ApiError, isCode, NOT_SIGNED_IN, OFFLINE } from "@/api/errors";
import { sentenceFor } from "@/shared/states/states";

import type { Entry, State } from "../desk/outbox";
import type { DeskHandle } from "../desk/use-desk";
import classes from "../labeling.module.css";
import { texts } from "../texts";

/** After these a pass can't be sent any more: all that is left is to know it. */
const FINAL = ["lease_lost", "generation_closed", "not_found", "paused"];
const STALE = "stale_revision"; // a correction of what was corrected elsewhere meanwhile

/** All that there is to say above the steps: what waits, what was refused, and where this pass comes from. */
export function Notices({ handle, restored }: { handle: DeskHandle; restored: boolean }) {
  const [dismissed, setDismissed] = useState(false);
  const { desk, outbox, leaveBehind } = handle;
  return (
    <>
      <OnTheirWay outbox={outbox} />
      <RefusedPasses handle={handle} />
      <Screened handle={handle} />
      {desk.refusal && <Refusal error={desk.refusal} action={texts.refused.next} onAction={leaveBehind} />}
      {desk.revising && <Notice text={texts.bar.revising} />}
      {restored && !dismissed && <Notice text={texts.bar.restored} onDismiss={() => setDismissed(true)} />}
    </>
  );
}

/** How the screening ended. */
export function Screened({ handle: { desk, readScreening } }: { handle: DeskHandle }) {
  if (!desk.screened) return null;
  const { state, agreed, of, needed } = desk.screened;
  return <Notice text={texts.screening[state](agreed, of, needed)} onDismiss={readScreening} />;
}

/** A thin line while passes wait here for a connection, a sign-in or a server that is busy. */
export function OnTheirWay({ outbox: { waiting, trouble } }: { outbox: State }) {
  if (!trouble || waiting.length === 0) return null;
  return (
    <p role="status" className={classes.thinLine}>
      {waitingWords(trouble)(waiting.length)}
    </p>
  );
}

function waitingWords(trouble: ApiError): (passes: number) => string {
  if (isCode(trouble, OFFLINE)) return texts.waiting.offline;
  return isCode(trouble, NOT_SIGNED_IN) ? texts.waiting.signed_out : texts.waiting.busy;
}

/** Each pass that the server would not take: which, why, what was kept, and what can be done. */
export function RefusedPasses({
  handle: {
    desk: { revising },
    outbox,
    settle,
  },
}: {
  handle: DeskHandle;
}) {
  return outbox.refused.map((entry) => {
    const error = errorOf(entry);
    const final = isCode(error, ...FINAL);
    return (
      <Refusal
        key={entry.at}
        error={error}
        about={texts.refused.about(excerpt(entry.sent.assignment.problem))}
        action={final ? texts.bar.dismiss : texts.refused.again}
        waits={!final && revising}
        onAction={() => settle(entry, !final)}
        onLeave={isCode(error, STALE) ? () => settle(entry, false) : undefined}
      />
    );
  });
}

interface RefusalProps {
  readonly error: ApiError;
  readonly about?: string;
  readonly action: string;
  /** Another pass is open again, and has to go first. */
  readonly waits?: boolean;
  readonly onAction: () => void;
  readonly onLeave?: (() => void) | undefined;
}

/** What happened to a pass, what was kept, and what to do. */
function Refusal({ error, about, action, waits = false, onAction, onLeave }: RefusalProps) {
  const told = wordsFor(error);
  return (
    <Alert role="alert" color={isCode(error, ...FINAL) ? "gray" : "orange"} title={told.title}>
      {about && <Text size="sm">{about}</Text>}
      <Text size="sm">{told.detail}</Text>
      {Object.entries(error.fields).map(([field, sentences]) => (
        <Text key={field} size="sm" c="dimmed">
          {field}: {sentences.join(" ")}
        </Text>
      ))}
      <Group mt="xs" gap="xs">
        <Button size="xs" disabled={waits} onClick={onAction}>
          {action}
        </Button>
        {onLeave && (
          <Button size="xs" variant="default" onClick={onLeave}>
            {texts.refused.leave}
          </Button>
        )}
      </Group>
    </Alert>
  );
}

function errorOf({ refusal }: Entry): ApiError {
  const { status, code, detail, fields } = refusal!; // those in `refused` have one
  return new ApiError(status, code, detail, fields);
}

function excerpt(problem: string): string {
  return problem.length > EXCERPT ? `${problem.slice(0, EXCERPT)} …` : problem;
}

const EXCERPT = 80; // characters: enough to know it again

function wordsFor(error: ApiError): { title: string; detail: string } {
  const { refused } = texts;
  if (isCode(error, "lease_lost")) return refused.lease_lost;
  if (isCode(error, "generation_closed")) return refused.generation_closed;
  if (isCode(error, "not_found")) return refused.not_found;
  if (isCode(error, "paused")) return refused.paused;
  if (isCode(error, STALE)) return refused.stale_revision;
  return { title: refused.other.title, detail: `${sentenceFor(error)} ${refused.other.kept}` };
}

export function Notice({ text, onDismiss }: { text: string; onDismiss?: () => void }) {
  return (
    <Alert role="status" variant="light" py={6} withCloseButton={onDismiss !== undefined} closeButtonLabel={texts.bar.dismiss} onClose={onDismiss}>
      {text}
    </Alert>
  );
}
