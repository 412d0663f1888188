import { Button, Image, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { api, told } from "@/api/client";
import { isCode } from "@/api/errors";
import { Failure } from "@/shared/states/states";
import { Copyable } from "@/shared/text/Copyable";

import type { Device, Proof, SecondFactorTold } from "../queries";
import { texts } from "../texts";
import { CodeForm } from "./CodeForm";
import { ProofForm } from "./ProofForm";
import { make, NOT_MADE, obstacle } from "./webauthn";

const words = texts.factor;

export type Act = { readonly kind: "app" | "passkey" | "codes" | "off" } | { readonly kind: "device"; readonly device: Device };

export function titleOf(act: Act): string {
  const titles = { app: words.begin, passkey: texts.passkey.begin, codes: words.renew, off: words.remove };
  return act.kind === "device" ? texts.devices.removeTitle(nameOf(act.device)) : titles[act.kind];
}

/** A passkey by its owner's name for it; an authenticator has none. */
export function nameOf(device: Device): string {
  return device.kind === "totp" ? texts.devices.authenticator : device.name;
}

interface ChangeProps {
  readonly factor: SecondFactorTold;
  /** With the recovery codes that were made, to be shown this once. */
  readonly onDone: (codes?: readonly string[]) => void;
}

export function Change({ act, ...rest }: ChangeProps & { act: Act }) {
  if (act.kind === "app") return <NewAuthenticator {...rest} />;
  if (act.kind === "passkey") return <NewPasskey {...rest} />;
  return <AtOnce act={act} {...rest} />;
}

/** What is done as soon as it is proven who asks. */
function AtOnce({ act, factor, onDone }: ChangeProps & { act: Act }) {
  const change = useMutation({ mutationFn: (proof: Proof) => spend(act, proof), onSuccess: onDone });
  const last = act.kind === "off" || (act.kind === "device" && factor.devices.length === 1);
  const submit = act.kind === "codes" ? words.renew : texts.devices.remove;
  return (
    <Stack>
      <Text size="sm">{act.kind === "codes" ? words.renewDetail : last ? words.removeDetail : texts.devices.removeDetail}</Text>
      <ProofForm factor={factor} submit={submit} pending={change.isPending} error={change.error} onProof={change.mutate} />
    </Stack>
  );
}

async function spend(act: Act, body: Proof): Promise<readonly string[]> {
  if (act.kind === "codes") return (await told(api.POST("/api/v1/auth/two-factor/recovery-codes", { body }))).recovery_codes;
  if (act.kind === "device") {
    await told(api.POST("/api/v1/auth/two-factor/devices/{id}/remove", { params: { path: { id: act.device.id } }, body }));
  } else await told(api.POST("/api/v1/auth/two-factor/remove", { body }));
  return [];
}

function NewAuthenticator({ factor, onDone }: ChangeProps) {
  const begin = useMutation({ mutationFn: (body: Proof) => told(api.POST("/api/v1/auth/two-factor", { body })) });
  const confirm = useMutation({
    mutationFn: (code: string) => told(api.POST("/api/v1/auth/two-factor/confirm", { body: { code } })),
    onSuccess: ({ recovery_codes }) => onDone(recovery_codes),
  });
  if (!begin.data) {
    return <ProofForm factor={factor} submit={texts.proof.go} pending={begin.isPending} error={begin.error} onProof={begin.mutate} />;
  }
  return (
    <Stack align="flex-start">
      <Text size="sm">{words.scan}</Text>
      <Image src={`data:image/svg+xml;utf8,${encodeURIComponent(begin.data.svg)}`} alt={words.picture} w={200} h={200} bg="white" p="xs" />
      <Text size="sm">
        {words.type} <Copyable text={begin.data.secret} />
      </Text>
      <CodeForm label={words.first} submit={words.confirm} pending={confirm.isPending} error={confirm.error} onCode={confirm.mutate} />
    </Stack>
  );
}

/** First who it is, then the device: two presses, for a browser gives each its own moment. */
function NewPasskey({ factor, onDone }: ChangeProps) {
  const begin = useMutation({ mutationFn: (body: Proof) => told(api.POST("/api/v1/auth/two-factor/passkeys/begin", { body })) });
  const enrol = useMutation({
    mutationFn: async (name: string) => {
      const passkey = await make(begin.data?.publicKey);
      return told(api.POST("/api/v1/auth/two-factor/passkeys", { body: { name, passkey } }));
    },
    onSuccess: ({ recovery_codes }) => onDone(recovery_codes),
    onError: (error) => isCode(error, NOT_MADE) || begin.reset(), // what the server refused has spent its challenge
  });
  const why = obstacle();
  if (why) return <Text>{why}</Text>;
  return (
    <Stack>
      {enrol.isError && <Failure error={enrol.error} title={texts.passkey.failed} />}
      {begin.data ? (
        <NameForm pending={enrol.isPending} onName={enrol.mutate} />
      ) : (
        <ProofForm factor={factor} submit={texts.proof.go} pending={begin.isPending} error={begin.error} onProof={begin.mutate} />
      )}
    </Stack>
  );
}

function NameForm({ pending, onName }: { pending: boolean; onName: (name: string) => void }) {
  const [name, setName] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onName(name.trim());
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm">{texts.passkey.what}</Text>
        <TextInput
          required
          autoFocus
          maxLength={100}
          label={texts.passkey.name}
          description={texts.passkey.nameHint}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" loading={pending}>
          {texts.passkey.make}
        </Button>
      </Stack>
    </form>
  );
}
