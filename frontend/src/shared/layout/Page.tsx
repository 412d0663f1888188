import { Anchor, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";

import { texts } from "../language/texts";
import classes from "./Page.module.css";

/** A page of the operator: its heading, what can be done there, its content. */
export function Page({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <main className={classes.page}>
      <title>{`${title} · ${texts.product}`}</title>
      <div className={classes.head}>
        <Title order={1} size="h2">
          {title}
        </Title>
        <div className={classes.actions}>{actions}</div>
      </div>
      {children}
    </main>
  );
}

/** A part of a page under its own heading. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.section} aria-label={title}>
      <Title order={2} size="h4">
        {title}
      </Title>
      {children}
    </section>
  );
}

/** From one thing to the list that it is in. */
export function BackLink({ to, children }: { to: string; children: string }) {
  return (
    <Anchor component={Link} to={to} size="sm">
      ← {children}
    </Anchor>
  );
}
