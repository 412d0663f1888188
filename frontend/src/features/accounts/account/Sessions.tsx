import { Badge, Button, Stack, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, told } from "@/api/client";
import { ConfirmDialog } from "@/shared/forms/ConfirmDialog";
import { WideTable } from "@/shared/layout/WideTable";
import { Failure, Loaded } from "@/shared/states/states";
import { Ago } from "@/shared/text/Ago";
import { NONE } from "@/shared/text/format";

import { sessionsQuery, type BrowserSession } from "../queries";
import { texts } from "../texts";

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
    <WideTable name={words.title} minWidth={640} heads={[words.browser, words.address, words.since, words.seen, { acts: words.end }]}>
      {sessions.map((session) => (
        <SessionRow key={session.id} session={session} onEnd={() => onEnd(session.id)} />
      ))}
    </WideTable>
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
