import { Button, NativeSelect, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { api, told } from "@/api/client";
import { keys, membersQuery } from "@/api/queries";
import type { Member, Role } from "@/api/types";
import { ConfirmDialog } from "@/shared/forms/ConfirmDialog";
import { Aside } from "@/shared/layout/Aside";
import { Page, Section } from "@/shared/layout/Page";
import { WideTable } from "@/shared/layout/WideTable";
import { paths } from "@/shared/paths";
import { meQuery } from "@/shared/session";
import { Failure, Loaded } from "@/shared/states/states";
import { Ago } from "@/shared/text/Ago";
import { Copyable } from "@/shared/text/Copyable";

import { texts } from "../projects/texts";
import { AddMember } from "./AddMember";
import { Invitations } from "./Invitations";
import { MemberActions, type Act } from "./MemberActions";
import { ROLES } from "./roles";

const words = texts.people;

export function PeoplePage({ slug }: { slug: string }) {
  return (
    <Page
      title={words.title}
      actions={
        <Button component={Link} to={paths.audit(slug)} variant="default">
          {texts.audit.title}
        </Button>
      }
    >
      <Loaded query={useQuery(membersQuery(slug))}>{(members) => <Members slug={slug} members={members} />}</Loaded>
      <Section title={texts.invitations.title}>
        <Invitations slug={slug} />
      </Section>
      <Section title={words.add}>
        <AddMember slug={slug} />
      </Section>
    </Page>
  );
}

function Members({ slug, members }: { slug: string; members: readonly Member[] }) {
  const [leaving, setLeaving] = useState<Member | null>(null);
  const change = useChange(slug);
  const factors = members.some(({ second_factor }) => second_factor !== null);
  return (
    <>
      {change.isError && <Failure error={change.error} title={words.failed} />}
      <WideTable
        name={words.title}
        minWidth={640}
        heads={[words.username, words.role, words.state, factors && words.factor, words.pseudonym, { acts: words.more }]}
      >
        {members.map((member) => (
          <MemberRow
            key={member.id}
            member={member}
            factors={factors}
            others={members.filter(({ id, suspended_at }) => id !== member.id && suspended_at === null)}
            onAct={change.mutate}
            onRemove={() => setLeaving(member)}
          />
        ))}
      </WideTable>
      <ConfirmDialog
        opened={leaving !== null}
        words={{ title: words.removeTitle(leaving?.username ?? ""), detail: words.removeDetail, submit: words.remove }}
        onClose={() => setLeaving(null)}
        onConfirm={() => {
          if (leaving) change.mutate({ kind: "remove", id: leaving.id });
          setLeaving(null);
        }}
      />
    </>
  );
}

interface MemberRowProps {
  readonly member: Member;
  /** Whether the site asks a second factor of its operators: then who has one is shown. */
  readonly factors: boolean;
  readonly others: readonly Member[];
  readonly onAct: (act: Act) => void;
  readonly onRemove: () => void;
}

function MemberRow({ member, factors, others, onAct, onRemove }: MemberRowProps) {
  return (
    <Table.Tr>
      <Table.Td>
        {member.username}
        {member.simulated && <Aside>{words.program}</Aside>}
      </Table.Td>
      <Table.Td>
        {/* The browser's own: with one of Mantine's in each row, a hundred people take the page seconds. */}
        <NativeSelect
          aria-label={`${words.role}: ${member.username}`}
          size="xs"
          w={140}
          data={ROLES}
          value={member.role}
          onChange={(event) => onAct({ kind: "role", id: member.id, role: event.currentTarget.value as Role })}
        />
      </Table.Td>
      <Table.Td>
        {member.suspended_at ? (
          <>
            {words.suspended} <Ago at={member.suspended_at} />
          </>
        ) : (
          words.active
        )}
      </Table.Td>
      {factors && <Table.Td>{factorOf(member)}</Table.Td>}
      <Table.Td>
        {member.labeler ? (
          <Copyable text={member.labeler} />
        ) : (
          <Text size="sm" c="dimmed">
            {words.noPseudonym}
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="right">
        <MemberActions member={member} others={others} onAct={onAct} onRemove={onRemove} />
      </Table.Td>
    </Table.Tr>
  );
}

function factorOf({ second_factor, role }: Member): string {
  if (second_factor) return words.factorOn;
  return role === "operator" ? words.factorDue : words.factorOff;
}

/** Every act about a member; afterwards the project is read anew. */
function useChange(slug: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (act: Act): Promise<void> => {
      const at = { params: { path: { slug, id: act.id } } };
      if (act.kind === "role") await told(api.PATCH("/api/v1/projects/{slug}/members/{id}", { ...at, body: { role: act.role } }));
      else if (act.kind === "remove") await told(api.DELETE("/api/v1/projects/{slug}/members/{id}", at));
      else if (act.kind === "transfer")
        await told(api.POST("/api/v1/projects/{slug}/members/{id}/transfer", { ...at, body: { to: act.to, role: "reviewer" } }));
      else if (act.kind === "suspend") await told(api.POST("/api/v1/projects/{slug}/members/{id}/suspend", { ...at, body: { reason: act.reason } }));
      else await told(api.POST("/api/v1/projects/{slug}/members/{id}/bring-back", { ...at, body: { reason: act.reason } }));
    },
    // Also who one is oneself: whoever hands the operator's role over has another from then on.
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey: keys.project(slug) }), client.invalidateQueries(meQuery)]),
  });
}
