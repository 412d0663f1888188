import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { doorsQuery } from "@/api/queries";
import { Page, Section } from "@/shared/Page";
import { TopBar } from "@/shared/TopBar";

import { Elsewhere } from "./Elsewhere";
import { Refused } from "./Refused";
import { SecondFactor } from "./SecondFactor";
import { texts } from "./texts";

const words = texts.account;

/** How this person signs in. */
export default function AccountPage() {
  const { data: doors } = useQuery(doorsQuery);
  return (
    <>
      <TopBar />
      <Page title={words.title}>
        <Refused />
        <Section title={texts.factor.title}>
          <SecondFactor />
        </Section>
        {doors?.oidc && (
          <Section title={doors.oidc}>
            <Text>{words.link}</Text>
            <Elsewhere name={words.linkTo(doors.oidc)} process="connect" />
          </Section>
        )}
      </Page>
    </>
  );
}
