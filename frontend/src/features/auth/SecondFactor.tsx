import { Alert, Button, Code, Group, Image, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, told } from "@/api/client";
import { secondFactorQuery } from "@/api/queries";
import { Copyable } from "@/shared/Copyable";
import { meQuery } from "@/shared/session";
import { Failure, Loaded } from "@/shared/states";

import { CodeForm } from "./CodeForm";
import { texts } from "./texts";

const words = texts.factor;

/** What beside the password signs in: set up, replaced, taken away. */
export function SecondFactor() {
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const query = useQuery(secondFactorQuery);
  if (codes) return <Codes codes={codes} onKept={() => setCodes(null)} />;
  return (
    <Loaded query={query}>
      {({ enrolled, codes_left }) => (enrolled ? <Enrolled left={codes_left} onCodes={setCodes} /> : <Enrol onCodes={setCodes} />)}
    </Loaded>
  );
}

type Shows = (codes: readonly string[]) => void;

function Enrol({ onCodes }: { onCodes: Shows }) {
  const begin = useMutation({ mutationFn: () => told(api.POST("/api/v1/auth/two-factor")) });
  const confirm = useMutation({
    mutationFn: (code: string) => told(api.POST("/api/v1/auth/two-factor/confirm", { body: { code } })),
    onSuccess: ({ recovery_codes }) => onCodes(recovery_codes),
  });
  if (!begin.data) {
    return (
      <Stack align="flex-start">
        <Text>{words.none}</Text>
        {begin.isError && <Failure error={begin.error} />}
        <Button loading={begin.isPending} onClick={() => begin.mutate()}>
          {words.begin}
        </Button>
      </Stack>
    );
  }
  return (
    <Stack align="flex-start">
      <Text>{words.scan}</Text>
      <Image src={`data:image/svg+xml;utf8,${encodeURIComponent(begin.data.svg)}`} alt={words.picture} w={200} h={200} bg="white" p="xs" />
      <Text size="sm">
        {words.type} <Copyable text={begin.data.secret} />
      </Text>
      <CodeForm label={words.first} submit={words.confirm} pending={confirm.isPending} error={confirm.error} onCode={confirm.mutate} />
    </Stack>
  );
}

function Enrolled({ left, onCodes }: { left: number; onCodes: Shows }) {
  const [wants, setWants] = useState<"codes" | "remove" | null>(null);
  const refresh = useRefresh();
  const act = useMutation({
    mutationFn: async (code: string) => {
      if (wants === "remove") await told(api.POST("/api/v1/auth/two-factor/remove", { body: { code } }));
      else onCodes((await told(api.POST("/api/v1/auth/two-factor/recovery-codes", { body: { code } }))).recovery_codes);
    },
    onSuccess: () => {
      setWants(null);
      return refresh();
    },
  });
  return (
    <Stack align="flex-start">
      <Text>{words.on}</Text>
      <Text c="dimmed">{words.left(left)}</Text>
      <Group>
        <Button variant="default" onClick={() => setWants("codes")}>
          {words.renew}
        </Button>
        <Button variant="subtle" color="gray" onClick={() => setWants("remove")}>
          {words.remove}
        </Button>
      </Group>
      {wants && (
        <CodeForm
          label={texts.code.label}
          submit={wants === "remove" ? words.remove : words.renew}
          pending={act.isPending}
          error={act.error}
          onCode={act.mutate}
        />
      )}
    </Stack>
  );
}

function Codes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const refresh = useRefresh();
  return (
    <Alert role="status" title={words.codes}>
      <Text size="sm">{words.codesHint}</Text>
      <Code block my="sm">
        {codes.join("\n")}
      </Code>
      <Button
        onClick={() => {
          onKept();
          void refresh();
        }}
      >
        {words.kept}
      </Button>
    </Alert>
  );
}

function useRefresh() {
  const client = useQueryClient();
  return async () => {
    await client.invalidateQueries(secondFactorQuery);
    await client.invalidateQueries(meQuery);
  };
}
