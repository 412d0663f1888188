import { Divider, Paper, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { doorsQuery } from "@/api/queries";
import { LanguageSwitch } from "@/shared/language/LanguageSwitch";
import { texts as shared } from "@/shared/language/texts";
import { ViewMenu } from "@/shared/view/ViewMenu";

import { texts } from "../texts";
import { Elsewhere } from "./Elsewhere";
import { Refused } from "./Refused";
import classes from "./sign-in.module.css";
import { SignInForm } from "./SignInForm";

export function SignInPage() {
  const { data: doors } = useQuery(doorsQuery);
  return (
    <main className={classes.page}>
      <div className={classes.scheme}>
        <LanguageSwitch />
        <ViewMenu />
      </div>
      <Paper className={classes.card} withBorder p="xl">
        <Title order={1} size="h2" mb={2}>
          {shared.product}
        </Title>
        <p className={classes.tagline}>{texts.title}</p>
        <Refused />
        <SignInForm />
        {doors?.oidc && (
          <>
            <Divider my="md" />
            <Elsewhere name={doors.oidc} process="login" />
          </>
        )}
      </Paper>
    </main>
  );
}
