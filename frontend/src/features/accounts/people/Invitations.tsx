import { Alert, Button, Group, NativeSelect, NumberInput, Stack, Table, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { api, told } from "@/api/client";
import { invitationsQuery } from "@/api/queries";
import type { Invitation, Role } from "@/api/types";
import { ConfirmDialog } from "@/shared/forms/ConfirmDialog";
import { texts as shared } from "@/shared/language/texts";
import { WideTable } from "@/shared/layout/WideTable";
import { paths } from "@/shared/paths";
import { Failure, Loaded } from "@/shared/states/states";
import { Ago } from "@/shared/text/Ago";
import { Copyable } from "@/shared/text/Copyable";
import { moment } from "@/shared/text/format";

import { texts } from "../projects/texts";
import { ROLES } from "./roles";

const words = texts.invitations;

/** Links that make whoever holds them a member. */
export function Invitations({ slug }: { slug: string }) {
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {words.hint}
      </Text>
      <MakeLink slug={slug} />
      <Loaded query={useQuery(invitationsQuery(slug))}>
        {(found) => (found.length === 0 ? <Text size="sm">{words.none}</Text> : <LinkTable slug={slug} invitations={found} />)}
      </Loaded>
    </Stack>
  );
}

function MakeLink({ slug }: { slug: string }) {
  const [asked, setAsked] = useState({ role: "labeler" as Role, note: "", days: 7, uses: 1 });
  const client = useQueryClient();
  const make = useMutation({
    mutationFn: () => told(api.POST("/api/v1/projects/{slug}/invitations", { params: { path: { slug } }, body: asked })),
    onSuccess: () => client.invalidateQueries(invitationsQuery(slug)),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Group align="flex-end">
        <NativeSelect
          label={words.role}
          data={ROLES}
          value={asked.role}
          onChange={(event) => setAsked({ ...asked, role: event.currentTarget.value as Role })}
        />
        <TextInput
          label={words.note}
          maxLength={200}
          value={asked.note}
          onChange={(event) => setAsked({ ...asked, note: event.currentTarget.value })}
        />
        <NumberInput w={110} label={words.days} min={1} max={90} value={asked.days} onChange={(days) => setAsked({ ...asked, days: Number(days) })} />
        <NumberInput
          w={90}
          label={words.uses}
          min={1}
          max={1000}
          value={asked.uses}
          onChange={(uses) => setAsked({ ...asked, uses: Number(uses) })}
        />
        <Button type="submit" loading={make.isPending}>
          {words.make}
        </Button>
      </Group>
      {make.isError && <Failure error={make.error} title={words.failed} />}
      {make.data && (
        <Alert role="status" title={words.once} mt="sm">
          <Copyable text={`${location.origin}${paths.invited}#${make.data.secret}`} />
        </Alert>
      )}
    </form>
  );
}

function LinkTable({ slug, invitations }: { slug: string; invitations: readonly Invitation[] }) {
  const [ending, setEnding] = useState<number | null>(null);
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: (id: number) => told(api.DELETE("/api/v1/projects/{slug}/invitations/{id}", { params: { path: { slug, id } } })),
    onSettled: () => client.invalidateQueries(invitationsQuery(slug)),
  });
  return (
    <>
      {revoke.isError && <Failure error={revoke.error} title={words.failed} />}
      <WideTable
        name={words.title}
        minWidth={720}
        heads={[words.role, words.note, words.state, words.used, words.by, words.expires, { acts: words.revoke }]}
      >
        {invitations.map((each) => (
          <Table.Tr key={each.id}>
            <Table.Td>{shared.roles[each.role]}</Table.Td>
            <Table.Td>{each.note}</Table.Td>
            <Table.Td>{words.states[each.state]}</Table.Td>
            <Table.Td>{words.ofUses(each.used, each.uses)}</Table.Td>
            <Table.Td>
              {each.created_by} · <Ago at={each.created_at} />
            </Table.Td>
            <Table.Td>{moment(each.expires_at)}</Table.Td>
            <Table.Td ta="right">
              {each.state === "open" && (
                <Button variant="subtle" color="gray" size="compact-sm" onClick={() => setEnding(each.id)}>
                  {words.revoke}
                </Button>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </WideTable>
      <ConfirmDialog
        opened={ending !== null}
        words={{ title: words.revokeTitle, detail: words.revokeDetail, submit: words.revoke }}
        onClose={() => setEnding(null)}
        onConfirm={() => {
          if (ending !== null) revoke.mutate(ending);
          setEnding(null);
        }}
      />
    </>
  );
}
