import { Anchor, Badge, Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { ReasonDialog } from "@/shared/forms/ReasonDialog";
import { paths } from "@/shared/paths";
import { mayAct, roleIn, useMe } from "@/shared/session";
import { Failure, Loaded } from "@/shared/states/states";
import { Ago } from "@/shared/text/Ago";

import { quarantinesQuery, useDecision, type Kind, type Quarantine } from "../queries";
import { passedOf, texts } from "../texts";

const words = texts.quarantines;

/** Whom running checks paused, with the labels kept aside; what waits for a decision comes first. */
export function Quarantines({ slug }: { slug: string }) {
  return (
    <Loaded query={useQuery(quarantinesQuery(slug))}>
      {(quarantines) =>
        quarantines.length === 0 ? (
          <Text c="dimmed">{words.none}</Text>
        ) : (
          <Stack>
            {quarantines.map((quarantine) => (
              <One key={quarantine.id} slug={slug} quarantine={quarantine} />
            ))}
          </Stack>
        )
      }
    </Loaded>
  );
}

function One({ slug, quarantine }: { slug: string; quarantine: Quarantine }) {
  const [asking, ask] = useState<Kind | null>(null);
  const decision = useDecision(slug);
  return (
    <Card withBorder component="article" aria-label={nameOf(quarantine)}>
      <Stack gap="sm">
        <Head quarantine={quarantine} />
        <Labels slug={slug} quarantine={quarantine} />
        <History quarantine={quarantine} />
        {decision.isError && <Failure error={decision.error} title={words.failed} />}
        <Acts slug={slug} quarantine={quarantine} busy={decision.isPending} onAsk={ask} />
      </Stack>
      <ReasonDialog
        opened={asking !== null}
        words={{ ...words.dialogs[asking ?? "release"], title: words.dialogs[asking ?? "release"].title(nameOf(quarantine)) }}
        onClose={() => ask(null)}
        onReason={(reason) => {
          if (asking) decision.mutate({ quarantine, kind: asking, reason });
          ask(null);
        }}
      />
    </Card>
  );
}

function Head({ quarantine }: { quarantine: Quarantine }) {
  const { checks, opened_at, is_paused, is_suspended, stands } = quarantine;
  return (
    <div>
      <Group gap="xs">
        <Title order={3} size="h5">
          {nameOf(quarantine)}
        </Title>
        <Badge radius="sm" tt="none" variant="light" color={is_paused ? "orange" : "gray"}>
          {is_suspended ? words.suspended : is_paused ? words.paused : words.back}
        </Badge>
        <Badge radius="sm" tt="none" variant="light" color={stands === null ? "orange" : "gray"}>
          {words.stands[stands ?? "held"]}
        </Badge>
      </Group>
      <Text size="sm" c="dimmed">
        {words.since} <Ago at={opened_at} />: {passedOf(checks)}. {words.below(checks.below)}
      </Text>
    </div>
  );
}

function Labels({ slug, quarantine: { labels, to_give_back, sample, stands } }: { slug: string; quarantine: Quarantine }) {
  if (labels === 0) return <Text size="sm">{words.noLabels}</Text>;
  return (
    <div>
      <Text size="sm">
        {stands === "release" ? words.released(labels) : words.labels(labels)} {to_give_back > 0 && words.toGiveBack(to_give_back)}
      </Text>
      <Text size="sm">
        {words.sample}{" "}
        {sample.map(({ id, solution_id, finish_reason }, at) => (
          <span key={id}>
            {at > 0 && ", "}
            <Anchor inherit component={Link} to={paths.solution(slug, solution_id)}>
              {words.label(solution_id, finish_reason)}
            </Anchor>
          </span>
        ))}
      </Text>
    </div>
  );
}

function History({ quarantine: { decisions } }: { quarantine: Quarantine }) {
  return decisions.map(({ id, kind, reason, decided_by, decided_at }) => (
    <Text key={id} size="sm">
      <Ago at={decided_at} />: {words.decided[kind](decided_by ?? words.somebody)} “{reason}”
    </Text>
  ));
}

interface ActsProps {
  readonly slug: string;
  readonly quarantine: Quarantine;
  readonly busy: boolean;
  readonly onAsk: (kind: Kind) => void;
}

function Acts({ slug, quarantine: { is_paused, is_suspended, stands }, busy, onAsk }: ActsProps) {
  const operates = mayAct(roleIn(useMe(), slug), "operator");
  const kinds = [
    ...(stands === "release" ? [] : (["release"] as const)),
    ...(stands === "discard" ? [] : (["discard"] as const)),
    ...(is_paused ? (["bring_back"] as const) : []),
  ];
  return (
    <Group gap="xs">
      {kinds.map((kind) => (
        <Button key={kind} size="xs" variant="default" loading={busy} onClick={() => onAsk(kind)}>
          {words.dialogs[kind].submit}
        </Button>
      ))}
      {operates && is_paused && !is_suspended && (
        <Button size="xs" variant="subtle" component={Link} to={paths.people(slug)}>
          {words.suspend}
        </Button>
      )}
    </Group>
  );
}

function nameOf({ username, labeler }: Quarantine): string {
  return username ?? labeler.slice(0, 8);
}
