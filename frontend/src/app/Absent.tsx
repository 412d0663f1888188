import { Button } from "@mantine/core";
import { Link } from "react-router";

import { texts } from "@/shared/language/texts";
import { TopBar } from "@/shared/layout/TopBar";
import { paths } from "@/shared/paths";
import { Empty } from "@/shared/states/states";

/** `bare` under a bar that is there already. */
export function Absent({ bare = false }: { bare?: boolean }) {
  return (
    <>
      {!bare && <TopBar />}
      <main>
        <Empty order={1} title={texts.absent.title} detail={texts.absent.detail}>
          <Button component={Link} to={paths.projects}>
            {texts.absent.home}
          </Button>
        </Empty>
      </main>
    </>
  );
}
