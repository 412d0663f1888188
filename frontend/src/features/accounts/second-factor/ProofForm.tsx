import { Button, Divider, PasswordInput, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { Failure } from "@/shared/states/states";

import { challenge, type Proof, type SecondFactorTold } from "../queries";
import { texts } from "../texts";
import { CodeForm } from "./CodeForm";
import { answer } from "./webauthn";

const words = texts.proof;

interface Asks {
  readonly submit: string;
  readonly pending: boolean;
  readonly error: unknown;
  readonly onProof: (proof: Proof) => void;
}

/** That it is the person, and not only their browser: by the second factor there is, else by the password. */
export function ProofForm({ factor, ...asks }: Asks & { factor: SecondFactorTold }) {
  if (factor.enrolled) {
    const kinds = factor.devices.map(({ kind }) => kind);
    return <ByFactor {...asks} passkey={kinds.includes("webauthn")} authenticator={kinds.includes("totp")} />;
  }
  return factor.password ? <ByPassword {...asks} /> : <Unasked {...asks} />;
}

/** A passkey's answer or a code, whichever the person has at hand. */
export function ByFactor({ passkey, authenticator, ...asks }: Asks & { passkey: boolean; authenticator: boolean }) {
  return (
    <Stack>
      {passkey && <ByPasskey {...asks} />}
      {passkey && <Divider label={words.or} />}
      <CodeForm
        label={authenticator ? texts.code.label : texts.code.recovery}
        submit={asks.submit}
        pending={asks.pending}
        error={asks.error}
        onCode={(code) => asks.onProof({ code })}
      />
    </Stack>
  );
}

function ByPasskey({ pending, onProof }: Asks) {
  const use = useMutation({
    mutationFn: async () => ({ passkey: await answer((await challenge()).publicKey) }),
    onSuccess: onProof,
  });
  return (
    <>
      {use.isError && <Failure error={use.error} title={texts.code.failed} />}
      <Button data-autofocus variant="default" loading={pending || use.isPending} onClick={() => use.mutate()}>
        {words.passkey}
      </Button>
    </>
  );
}

function ByPassword({ submit, pending, error, onProof }: Asks) {
  const [password, setPassword] = useState("");
  const send = (event: FormEvent) => {
    event.preventDefault();
    onProof({ password });
  };
  return (
    <form onSubmit={send}>
      <Stack>
        {error != null && <Failure error={error} title={texts.code.failed} />}
        <PasswordInput
          required
          data-autofocus
          label={words.password}
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" loading={pending}>
          {submit}
        </Button>
      </Stack>
    </form>
  );
}

/** Who signs in elsewhere has nothing here that could be asked for. */
function Unasked({ submit, pending, error, onProof }: Asks) {
  return (
    <Stack>
      <Text size="sm">{words.elsewhere}</Text>
      {error != null && <Failure error={error} title={texts.code.failed} />}
      <Button data-autofocus loading={pending} onClick={() => onProof({})}>
        {submit}
      </Button>
    </Stack>
  );
}
