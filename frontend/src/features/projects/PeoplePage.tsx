import { Button, NativeSelect, Table, Text, VisuallyHidden } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, told } from "@/api/client";
import { keys, membersQuery } from "@/api/queries";
import type { Member, Role } from "@/api/types";
import { ConfirmDialog } from "@/shared/ConfirmDialog";
import { Copyable } from "@/shared/Copyable";
import { Page, Section } from "@/shared/Page";
import { Failure, Loaded } from "@/shared/states";

import { AddMember } from "./AddMember";
import { ROLES } from "./roles";
import { texts } from "./texts";

const words = texts.people;

export function PeoplePage({ slug }: { slug: string }) {
  return (
    <Page title={words.title}>
      <Loaded query={useQuery(membersQuery(slug))}>{(members) => <Members slug={slug} members={members} />}</Loaded>
      <Section title={words.add}>
        <AddMember slug={slug} />
      </Section>
    </Page>
  );
}

function Members({ slug, members }: { slug: string; members: readonly Member[] }) {
  const [leaving, setLeaving] = useState<Member | null>(null);
  const change = useChange(slug);
  return (
    <>
      {change.isError && <Failure error={change.error} title={words.failed} />}
      <Table.ScrollContainer minWidth={640}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.username}</Table.Th>
              <Table.Th>{words.role}</Table.Th>
              <Table.Th>{words.pseudonym}</Table.Th>
              <Table.Th>
                <VisuallyHidden>{words.remove}</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {members.map((member) => (
              <MemberRow
                key={member.id}
                member={member}
                onRole={(role) => change.mutate({ id: member.id, role })}
                onRemove={() => setLeaving(member)}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <ConfirmDialog
        opened={leaving !== null}
        words={{ title: words.removeTitle(leaving?.username ?? ""), detail: words.removeDetail, submit: words.remove }}
        onClose={() => setLeaving(null)}
        onConfirm={() => {
          if (leaving) change.mutate({ id: leaving.id, role: null });
          setLeaving(null);
        }}
      />
    </>
  );
}

function MemberRow({ member, onRole, onRemove }: { member: Member; onRole: (role: Role) => void; onRemove: () => void }) {
  return (
    <Table.Tr>
      <Table.Td>
        {member.username}
        {member.simulated && (
          <Text span size="sm" c="dimmed">
            {" "}
            · {words.program}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {/* The browser's own: with one of Mantine's in each row, a hundred people take the page seconds. */}
        <NativeSelect
          aria-label={`${words.role}: ${member.username}`}
          size="xs"
          w={140}
          data={ROLES}
          value={member.role}
          onChange={(event) => onRole(event.currentTarget.value as Role)}
        />
      </Table.Td>
      <Table.Td>{member.labeler ? <Copyable text={member.labeler} /> : <Text size="sm" c="dimmed">{words.noPseudonym}</Text>}</Table.Td>
      <Table.Td ta="right">
        <Button variant="subtle" color="gray" size="compact-sm" onClick={onRemove} aria-label={`${words.remove} ${member.username}`}>
          {words.remove}
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}

/** Give a member another role, or none: then they leave the project. */
function useChange(slug: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, role }: { id: number; role: Role | null }): Promise<void> => {
      const at = { params: { path: { slug, id } } };
      if (role) await told(api.PATCH("/api/v1/projects/{slug}/members/{id}", { ...at, body: { role } }));
      else await told(api.DELETE("/api/v1/projects/{slug}/members/{id}", at));
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.project(slug) }),
  });
}
