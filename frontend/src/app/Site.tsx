import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { onSignedOut } from "@/api/client";
import { EnrolPage } from "@/features/auth/EnrolPage";
import InvitedPage from "@/features/auth/InvitedPage";
import { SignInAgain } from "@/features/auth/SignInAgain";
import { SignInPage } from "@/features/auth/SignInPage";
import { paths } from "@/shared/paths";
import { meQuery } from "@/shared/session";
import { Failure, Waiting } from "@/shared/states";

import classes from "./app.module.css";
import { Pages } from "./Pages";

/** Signed in: the pages. Not signed in: the way in, at whatever address was asked for. */
export function Site() {
  const me = useQuery(meQuery);
  const [signedOut, setSignedOut] = useSignedOut(me.data != null);
  if (me.data?.enrolment_due) return <EnrolPage />;
  if (me.data) {
    return (
      <>
        <Pages />
        <SignInAgain username={me.data.username} opened={signedOut} onDone={() => setSignedOut(false)} />
      </>
    );
  }
  if (me.data === null) return location.pathname === paths.invited ? <InvitedPage /> : <SignInPage />;
  return <div className={classes.lone}>{me.isError ? <Failure error={me.error} onRetry={() => void me.refetch()} /> : <Waiting />}</div>;
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
