import { Alert, Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { api, told } from "@/api/client";
import { isCode } from "@/api/errors";
import type { Me } from "@/api/types";
import { meQuery } from "@/shared/session";
import { sentenceFor, Waiting } from "@/shared/states/states";

import { challengeQuery, type Proof } from "../queries";
import { ByFactor } from "../second-factor/ProofForm";
import { texts } from "../texts";
import { refusedCode } from "./Refused";

/** Name and password; on success the site knows who it is, and `onDone` is called. */
export function SignInForm({ username: known, onDone }: { username?: string; onDone?: (me: Me) => void }) {
  const [username, setUsername] = useState(known ?? "");
  const [password, setPassword] = useState("");
  const signIn = useSignIn(onDone);
  if (refusedCode() === NEEDED || isCode(signIn.error, NEEDED)) return <Second onDone={onDone} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ username, password });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        {signIn.isError && (
          <Alert role="alert" color="orange" title={texts.failed}>
            {sentenceFor(signIn.error)}
          </Alert>
        )}
        <TextInput
          label={texts.username}
          autoComplete="username"
          autoCapitalize="none"
          required
          readOnly={known !== undefined} // it is this person's page: anybody else signs out first
          autoFocus={known === undefined}
          value={username}
          onChange={(event) => setUsername(event.currentTarget.value)}
        />
        <PasswordInput
          label={texts.password}
          autoComplete="current-password"
          required
          data-autofocus={known !== undefined}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" loading={signIn.isPending}>
          {texts.submit}
        </Button>
      </Stack>
    </form>
  );
}

const NEEDED = "second_factor_needed";

/** The password was right: a passkey or the code comes next. */
function Second({ onDone }: { onDone?: (me: Me) => void }) {
  const arrive = useArrive(onDone);
  const passkeys = useQuery(challengeQuery);
  const send = useMutation({
    mutationFn: (body: Proof) => told(api.POST("/api/v1/auth/login/code", { body })),
    onSuccess: arrive,
  });
  if (passkeys.isPending) return <Waiting lines={2} />;
  return (
    <Stack>
      <Text size="sm">{passkeys.data ? texts.code.neededOrPasskey : texts.code.needed}</Text>
      <ByFactor
        passkey={passkeys.data !== undefined}
        authenticator
        submit={texts.submit}
        pending={send.isPending}
        error={send.error}
        onProof={send.mutate}
      />
    </Stack>
  );
}

function useSignIn(onDone?: (me: Me) => void) {
  const arrive = useArrive(onDone);
  return useMutation({
    mutationFn: (credentials: { username: string; password: string }) => told(api.POST("/api/v1/auth/login", { body: credentials })),
    onSuccess: arrive,
  });
}

function useArrive(onDone?: (me: Me) => void) {
  const client = useQueryClient();
  return (me: Me) => {
    client.setQueryData(meQuery.queryKey, me);
    onDone?.(me);
  };
}
