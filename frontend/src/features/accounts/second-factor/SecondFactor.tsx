import { Alert, Button, Code, Group, Modal, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { secondFactorQuery } from "@/api/queries";
import { meQuery } from "@/shared/session";
import { Loaded } from "@/shared/states/states";

import type { SecondFactorTold } from "../queries";
import { texts } from "../texts";
import { Devices } from "./Devices";
import { Change, titleOf, type Act } from "./FactorChange";

const words = texts.factor;

/** What beside the password signs in: set up, named, taken away. Each change asks first who it is. */
export function SecondFactor() {
  const [codes, setCodes] = useState<readonly string[]>([]);
  const [act, setAct] = useState<Act | null>(null);
  const query = useQuery(secondFactorQuery);
  const refresh = useRefresh();
  const done = (made: readonly string[] = []) => {
    setAct(null);
    setCodes(made);
    if (made.length === 0) void refresh(); // with codes to show, once they are kept: an enrolment that was due opens the site
  };
  if (codes.length > 0) return <Codes codes={codes} onKept={() => done()} />;
  return (
    <Loaded query={query}>
      {(factor) => (
        <Stack align="flex-start">
          <Standing factor={factor} />
          <Devices devices={factor.devices} onRemove={(device) => setAct({ kind: "device", device })} />
          <Choices factor={factor} onAct={setAct} />
          <Modal opened={act !== null} onClose={() => setAct(null)} title={act ? titleOf(act) : ""}>
            {act && <Change act={act} factor={factor} onDone={done} />}
          </Modal>
        </Stack>
      )}
    </Loaded>
  );
}

function Standing({ factor: { enrolled, required, codes_left } }: { factor: SecondFactorTold }) {
  return (
    <div>
      <Text>{enrolled ? words.on : words.none}</Text>
      {enrolled && <Text c="dimmed">{words.left(codes_left)}</Text>}
      {required && <Text c="dimmed">{words.required}</Text>}
    </div>
  );
}

function Choices({ factor: { enrolled, devices }, onAct }: { factor: SecondFactorTold; onAct: (act: Act) => void }) {
  const authenticator = devices.some(({ kind }) => kind === "totp");
  return (
    <Group>
      {!authenticator && (
        <Button variant={enrolled ? "default" : "filled"} onClick={() => onAct({ kind: "app" })}>
          {words.begin}
        </Button>
      )}
      <Button variant="default" onClick={() => onAct({ kind: "passkey" })}>
        {texts.passkey.begin}
      </Button>
      {enrolled && (
        <>
          <Button variant="default" onClick={() => onAct({ kind: "codes" })}>
            {words.renew}
          </Button>
          <Button variant="subtle" color="gray" onClick={() => onAct({ kind: "off" })}>
            {words.remove}
          </Button>
        </>
      )}
    </Group>
  );
}

function Codes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  return (
    <Alert role="status" title={words.codes}>
      <Text size="sm">{words.codesHint}</Text>
      <Code block my="sm">
        {codes.join("\n")}
      </Code>
      <Button onClick={onKept}>{words.kept}</Button>
    </Alert>
  );
}

function useRefresh() {
  const client = useQueryClient();
  return async () => {
    await Promise.all([client.invalidateQueries(secondFactorQuery), client.invalidateQueries({ queryKey: ["account events"] })]);
    await client.invalidateQueries(meQuery);
  };
}
