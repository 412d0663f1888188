import { Button } from "@mantine/core";
import { Link } from "react-router";

import { paths } from "@/shared/paths";
import { Empty } from "@/shared/states";
import { texts } from "@/shared/texts";
import { TopBar } from "@/shared/TopBar";

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
