import { Button } from "@mantine/core";

import { csrfToken } from "@/api/client";

/** To the issuer and back, by a form: it leaves the page. */
export function Elsewhere({ name, process }: { name: string; process: "login" | "connect" }) {
  return (
    <form method="post" action="/oidc/site/login">
      <input type="hidden" name="csrfmiddlewaretoken" value={csrfToken()} />
      <input type="hidden" name="process" value={process} />
      <Button type="submit" variant="default" fullWidth={process === "login"}>
        {name}
      </Button>
    </form>
  );
}
