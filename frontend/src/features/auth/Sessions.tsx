import { Badge, Button, Stack, Table, Text, VisuallyHidden } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, told } from "@/api/client";
import { Ago } from "@/shared/Ago";
import { ConfirmDialog } from "@/shared/ConfirmDialog";
import { NONE } from "@/shared/format";
import { Failure, Loaded } from "@/shared/states";

import { sessionsQuery, type BrowserSession } from "./queries";
import { texts } from "./texts";

const words = texts.sessions;

/** Where the person is signed in; each but this one is ended from here. */
export function Sessions() {
  const [ending, setEnding] = useState(false);
  const end = useEnd();
  return (
    <Loaded query={useQuery(sessionsQuery)}>
      {(sessions) => (
        <Stack align="flex-start">
          {end.isError && <Failure error={end.error} title={words.failed} />}
          <SessionTable sessions={sessions} onEnd={end.mutate} />
          {sessions.length > 1 && (
            <Button variant="default" loading={end.isPending} onClick={() => setEnding(true)}>
              {words.endOthers}
            </Button>
          )}
          <ConfirmDialog
            opened={ending}
            words={{ title: words.endOthersTitle(sessions.length - 1), detail: words.endOthersDetail, submit: words.endOthers }}
            onClose={() => setEnding(false)}
            onConfirm={() => {
              end.mutate(null);
              setEnding(false);
            }}
          />
        </Stack>
      )}
    </Loaded>
  );
}

/** Ends the session of that id, or with null every one but this. */
function useEnd() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string | null) =>
      id === null ? told(api.POST("/api/v1/auth/sessions/end-others")) : told(api.DELETE("/api/v1/auth/sessions/{id}", { params: { path: { id } } })),
    onSettled: () => Promise.all([client.invalidateQueries(sessionsQuery), client.invalidateQueries({ queryKey: ["account events"] })]),
  });
}

function SessionTable({ sessions, onEnd }: { sessions: readonly BrowserSession[]; onEnd: (id: string) => void }) {
  return (
    <Table.ScrollContainer minWidth={640} w="100%">
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.browser}</Table.Th>
            <Table.Th>{words.address}</Table.Th>
            <Table.Th>{words.since}</Table.Th>
            <Table.Th>{words.seen}</Table.Th>
            <Table.Th>
              <VisuallyHidden>{words.end}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sessions.map((session) => (
            <SessionRow key={session.id} session={session} onEnd={() => onEnd(session.id)} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function SessionRow({ session, onEnd }: { session: BrowserSession; onEnd: () => void }) {
  const name = words.on(session.browser ?? words.unknown, session.system);
  return (
    <Table.Tr>
      <Table.Td>
        {name}{" "}
        {session.here && (
          <Badge variant="light" tt="none">
            {words.here}
          </Badge>
        )}
      </Table.Td>
      <Table.Td>{session.address ?? NONE}</Table.Td>
      <Table.Td>
        <Ago at={session.signed_in_at} />
      </Table.Td>
      <Table.Td>{session.here ? <Text size="sm">{words.now}</Text> : <Ago at={session.last_seen_at} />}</Table.Td>
      <Table.Td ta="right">
        {!session.here && (
          <Button variant="subtle" color="gray" size="compact-sm" aria-label={`${words.end}: ${name}`} onClick={onEnd}>
            {words.end}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
