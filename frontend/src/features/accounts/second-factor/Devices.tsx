import { Button, Group, Table, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { api, told } from "@/api/client";
import { secondFactorQuery } from "@/api/queries";
import { texts as shared } from "@/shared/language/texts";
import { WideTable } from "@/shared/layout/WideTable";
import { Failure } from "@/shared/states/states";
import { Ago } from "@/shared/text/Ago";

import type { Device } from "../queries";
import { texts } from "../texts";
import { nameOf } from "./FactorChange";

const words = texts.devices;

/** What signs the person in beside the password, one row each. */
export function Devices({ devices, onRemove }: { devices: readonly Device[]; onRemove: (device: Device) => void }) {
  const [naming, setNaming] = useState<number | null>(null);
  if (devices.length === 0) return null;
  return (
    <WideTable name={texts.factor.title} minWidth={560} heads={[words.device, words.added, words.used, { acts: words.remove }]}>
      {devices.map((device) => (
        <Table.Tr key={device.id}>
          <Table.Td>{naming === device.id ? <Rename device={device} onDone={() => setNaming(null)} /> : nameOf(device)}</Table.Td>
          <Table.Td>
            <Ago at={device.created_at} />
          </Table.Td>
          <Table.Td>{device.last_used_at ? <Ago at={device.last_used_at} /> : words.unused}</Table.Td>
          <Table.Td>
            <Group gap="xs" justify="flex-end" wrap="nowrap">
              {device.kind === "webauthn" && (
                <Quiet label={`${words.rename} ${nameOf(device)}`} text={words.rename} onClick={() => setNaming(device.id)} />
              )}
              <Quiet label={`${words.remove} ${nameOf(device)}`} text={words.remove} onClick={() => onRemove(device)} />
            </Group>
          </Table.Td>
        </Table.Tr>
      ))}
    </WideTable>
  );
}

function Quiet({ label, text, onClick }: { label: string; text: string; onClick: () => void }) {
  return (
    <Button variant="subtle" color="gray" size="compact-sm" aria-label={label} onClick={onClick}>
      {text}
    </Button>
  );
}

function Rename({ device, onDone }: { device: Device; onDone: () => void }) {
  const [name, setName] = useState(device.name);
  const client = useQueryClient();
  const rename = useMutation({
    mutationFn: () => told(api.PATCH("/api/v1/auth/two-factor/devices/{id}", { params: { path: { id: device.id } }, body: { name: name.trim() } })),
    onSuccess: async () => {
      await client.invalidateQueries(secondFactorQuery);
      onDone();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    rename.mutate();
  };
  return (
    <form onSubmit={submit}>
      {rename.isError && <Failure error={rename.error} />}
      <Group gap="xs" wrap="nowrap">
        <TextInput
          required
          autoFocus
          size="xs"
          maxLength={100}
          aria-label={texts.passkey.name}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          onKeyDown={(event) => event.key === "Escape" && onDone()}
        />
        <Button type="submit" size="xs" loading={rename.isPending}>
          {shared.actions.save}
        </Button>
      </Group>
    </form>
  );
}
