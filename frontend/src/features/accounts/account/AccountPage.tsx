import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { doorsQuery, secondFactorQuery } from "@/api/queries";
import { Page, Section } from "@/shared/layout/Page";
import { TopBar } from "@/shared/layout/TopBar";

import { SecondFactor } from "../second-factor/SecondFactor";
import { Elsewhere } from "../sign-in/Elsewhere";
import { Refused } from "../sign-in/Refused";
import { texts } from "../texts";
import { AccountEvents } from "./AccountEvents";
import { Password } from "./Password";
import { Sessions } from "./Sessions";

const words = texts.account;

/** How this person signs in, where they are signed in, and what happened to the account. */
export default function AccountPage() {
  const { data: doors } = useQuery(doorsQuery);
  const { data: factor } = useQuery(secondFactorQuery);
  return (
    <>
      <TopBar />
      <Page title={words.title}>
        <Refused />
        <Section title={texts.factor.title}>
          <SecondFactor />
        </Section>
        <Section title={texts.sessions.title}>
          <Sessions />
        </Section>
        {factor?.password && (
          <Section title={texts.passwordChange.title}>
            <Password />
          </Section>
        )}
        {doors?.oidc && (
          <Section title={doors.oidc}>
            <Text>{words.link}</Text>
            <Elsewhere name={words.linkTo(doors.oidc)} process="connect" />
          </Section>
        )}
        <Section title={texts.events.title}>
          <AccountEvents />
        </Section>
      </Page>
    </>
  );
}
