import { useIsFetching, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useLocation } from "react-router";

import { onSignedOut } from "@/api/client";
import { isCode, UNAVAILABLE } from "@/api/errors";
import { EnrolPage } from "@/features/accounts/sign-in/EnrolPage";
import { InvitedPage } from "@/features/accounts/sign-in/InvitedPage";
import { SignInAgain } from "@/features/accounts/sign-in/SignInAgain";
import { SignInPage } from "@/features/accounts/sign-in/SignInPage";
import { texts } from "@/shared/language/texts";
import { paths } from "@/shared/paths";
import { meQuery } from "@/shared/session";
import { Failure, Waiting } from "@/shared/states/states";

import classes from "./app.module.css";
import { Pages } from "./Pages";

/** The site, and what it waits for itself. */
export function Site() {
  return (
    <>
      <Arrived />
      <Away />
    </>
  );
}

/** Says that the server waits for its database, or something else that it depends on, while it is asked again and again; what is pinned to the foot of a page stands above it. */
function Away() {
  const waits = useIsFetching({ predicate: ({ state }) => isCode(state.fetchFailureReason, UNAVAILABLE) }) > 0;
  const notice = useRef<HTMLParagraphElement>(null);
  useEffect(() => document.documentElement.style.setProperty("--lh-away", `${notice.current?.offsetHeight ?? 0}px`), [waits]);
  return (
    <p ref={notice} role="status" className={classes.away} hidden={!waits}>
      {waits && texts.state.waits}
    </p>
  );
}

/** Signed in: the pages. Not signed in: the way in, at whatever address was asked for. An invitation's page is for both. */
function Arrived() {
  const me = useQuery(meQuery);
  const { pathname } = useLocation();
  const [signedOut, setSignedOut] = useSignedOut(me.data != null);
  if (me.data === undefined) {
    return <div className={classes.lone}>{me.isError ? <Failure error={me.error} onRetry={() => void me.refetch()} /> : <Waiting />}</div>;
  }
  return (
    <>
      {pathname === paths.invited ? <InvitedPage /> : me.data === null ? <SignInPage /> : me.data.enrolment_due ? <EnrolPage /> : <Pages />}
      {me.data && <SignInAgain username={me.data.username} opened={signedOut} onDone={() => setSignedOut(false)} />}
    </>
  );
}

/** Whether somebody who had signed in is not signed in any more. */
function useSignedOut(signedIn: boolean) {
  const [signedOut, setSignedOut] = useState(false);
  useEffect(() => {
    setSignedOut(false);
    return signedIn ? onSignedOut(() => setSignedOut(true)) : undefined;
  }, [signedIn]);
  return [signedOut, setSignedOut] as const;
}
