import { Menu, Modal, UnstyledButton } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Link, useNavigate } from "react-router";

import { api, told } from "@/api/client";
import { isCode, NOT_SIGNED_IN } from "@/api/errors";

import { LANGUAGES, language, speak, type Language } from "../language/language";
import { texts } from "../language/texts";
import { paths } from "../paths";
import { meQuery, useMe } from "../session";
import { Failure } from "../states/states";
import { IN_BAR, ViewMenu } from "../view/ViewMenu";
import classes from "./TopBar.module.css";

/** The one slim bar: where you are, what the page offers, who you are. */
export function TopBar({ slug, children }: { slug?: string; children?: ReactNode }) {
  const { memberships } = useMe();
  const name = memberships.find(({ project }) => project.slug === slug)?.project.name;
  return (
    <header className={classes.bar}>
      <div className={classes.place}>
        <Link to={paths.projects} className={classes.brand}>
          {texts.product}
        </Link>
        {slug && (
          <Link to={paths.project(slug)} className={classes.project} title={name ?? slug}>
            {name ?? slug}
          </Link>
        )}
      </div>
      <div className={classes.middle}>{children}</div>
      <div className={classes.side}>
        <ViewMenu />
        <Account />
      </div>
    </header>
  );
}

function Account() {
  const { username } = useMe();
  const navigate = useNavigate();
  const { signOut, refusal, dismiss } = useSignOut();
  return (
    <>
      <Menu {...IN_BAR}>
        <Menu.Target>
          <UnstyledButton className={classes.account} aria-label={texts.account.menu(username)}>
            {username} <span aria-hidden>▾</span>
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void navigate(paths.projects)}>{texts.account.projects}</Menu.Item>
          <Menu.Item onClick={() => void navigate(paths.account)}>{texts.account.security}</Menu.Item>
          <Menu.Item onClick={() => void navigate(paths.tokens)}>{texts.account.tokens}</Menu.Item>
          <Menu.Item onClick={signOut}>{texts.account.signOut}</Menu.Item>
          <Languages />
        </Menu.Dropdown>
      </Menu>
      <Modal opened={refusal !== null} onClose={dismiss} title={texts.account.signOut}>
        <Failure error={refusal} title={texts.account.stillIn} onRetry={signOut} />
      </Modal>
    </>
  );
}

function Languages() {
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{texts.language.name}</Menu.Label>
      <Menu.RadioGroup value={language()} onChange={(chosen) => void speak(chosen as Language)}>
        {(Object.keys(LANGUAGES) as Language[]).map((each) => (
          <Menu.RadioItem key={each} lang={each} value={each}>
            {LANGUAGES[each]}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </>
  );
}

function useSignOut() {
  const client = useQueryClient();
  const [refusal, setRefusal] = useState<unknown>(null);
  const signOut = async () => {
    setRefusal(null);
    try {
      await told(api.POST("/api/v1/auth/logout"));
    } catch (error) {
      if (!isCode(error, NOT_SIGNED_IN)) return setRefusal(error); // a session that has ended is signed out
    }
    client.setQueryData(meQuery.queryKey, null); // the signed-in pages give way to the sign-in
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== meQuery.queryKey[0] });
  };
  return { signOut: () => void signOut(), refusal, dismiss: () => setRefusal(null) };
}
