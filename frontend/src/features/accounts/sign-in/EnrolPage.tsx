import { Paper, Text, Title } from "@mantine/core";

import { SecondFactor } from "../second-factor/SecondFactor";
import { texts } from "../texts";
import classes from "./sign-in.module.css";

/** All that an operator reaches before the second factor is set up, where the site asks for one. */
export function EnrolPage() {
  return (
    <main className={classes.page}>
      <Paper className={classes.wide} withBorder p="xl">
        <Title order={1} size="h2" mb="xs">
          {texts.factor.title}
        </Title>
        <Text mb="lg">{texts.factor.due}</Text>
        <SecondFactor />
      </Paper>
    </main>
  );
}
