import { Button, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { Navigate, useLocation } from "react-router";

import { api, told } from "@/api/client";
import type { Me } from "@/api/types";
import { fieldError } from "@/shared/forms/fields";
import { LanguageSwitch } from "@/shared/language/LanguageSwitch";
import { texts as shared } from "@/shared/language/texts";
import { paths } from "@/shared/paths";
import { meQuery } from "@/shared/session";
import { Failure, Loaded } from "@/shared/states/states";

import { texts } from "../texts";
import { EnrolPage } from "./EnrolPage";
import classes from "./sign-in.module.css";
import { SignInForm } from "./SignInForm";

const words = texts.invited;

/**
 * The page at an invitation's link. The secret stands behind the `#`: it is in no log, and no other site hears of it.
 * It stays while its reader signs in and sets up a second factor; who has joined goes on to the project, with nothing of
 * the link left in the address.
 */
export function InvitedPage() {
  const secret = useLocation().hash.slice(1);
  const [joined, setJoined] = useState<string | null>(null); // the project
  const { data: me } = useQuery(meQuery);
  const invited = useQuery({
    queryKey: ["invited", secret],
    queryFn: () => told(api.POST("/api/v1/auth/invitations/look", { body: { secret } })),
    retry: false,
    enabled: joined === null,
  });
  if (me && joined !== null) return <Navigate to={paths.project(joined)} replace />;
  if (me?.enrolment_due) return <EnrolPage />;
  return (
    <main className={classes.page}>
      <div className={classes.scheme}>
        <LanguageSwitch />
      </div>
      <Paper className={classes.wide} withBorder p="xl">
        <Title order={1} size="h2" mb="md">
          {shared.product}
        </Title>
        <Loaded query={invited}>
          {(found) => (
            <Stack>
              <Text>{words.what(found.invited_by, found.project.name, shared.roles[found.role])}</Text>
              {me ? (
                <Accept secret={secret} me={me} onJoined={() => setJoined(found.project.slug)} />
              ) : (
                <Newcomer secret={secret} onJoined={() => setJoined(found.project.slug)} />
              )}
            </Stack>
          )}
        </Loaded>
      </Paper>
    </main>
  );
}

interface Props {
  readonly secret: string;
  readonly onJoined: () => void;
}

function Accept({ secret, onJoined, me }: Props & { me: Me }) {
  const arrive = useArrive(onJoined);
  const accept = useMutation({
    mutationFn: () => told(api.POST("/api/v1/auth/invitations/accept", { body: { secret } })),
    onSuccess: arrive,
  });
  return (
    <>
      {accept.isError && <Failure error={accept.error} title={words.failed} />}
      <Button loading={accept.isPending} onClick={() => accept.mutate()}>
        {words.accept(me.username)}
      </Button>
    </>
  );
}

function Newcomer({ secret, onJoined }: Props) {
  const [known, setKnown] = useState(false);
  return (
    <>
      {known ? <SignInForm /> : <JoinForm secret={secret} onJoined={onJoined} />}
      <Button variant="subtle" color="gray" onClick={() => setKnown(!known)}>
        {known ? words.asNew : words.asKnown}
      </Button>
    </>
  );
}

function JoinForm({ secret, onJoined }: Props) {
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const arrive = useArrive(onJoined);
  const join = useMutation({
    mutationFn: () => told(api.POST("/api/v1/auth/invitations/join", { body: { secret, username: username.trim(), password } })),
    onSuccess: arrive,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    join.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        {join.isError && <Failure error={join.error} title={words.failed} />}
        <TextInput
          required
          label={texts.username}
          description={words.nameHint}
          autoComplete="username"
          autoCapitalize="none"
          maxLength={150}
          value={username}
          error={fieldError(join.error, "username")}
          onChange={(event) => setUsername(event.currentTarget.value)}
        />
        <PasswordInput
          required
          label={texts.password}
          description={words.passwordHint}
          autoComplete="new-password"
          value={password}
          error={fieldError(join.error, "password")}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" loading={join.isPending}>
          {words.join}
        </Button>
      </Stack>
    </form>
  );
}

function useArrive(onJoined: () => void) {
  const client = useQueryClient();
  return (me: Me) => {
    onJoined();
    client.setQueryData(meQuery.queryKey, me);
  };
}
