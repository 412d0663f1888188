import { Button } from "@mantine/core";
import { Component, type ReactNode } from "react";

import { texts } from "@/shared/language/texts";
import { Empty } from "@/shared/states/states";

/** What people see when the page itself breaks: a sentence and a way on, never a blank page. */
export class Crash extends Component<{ children: ReactNode }, { crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError() {
    return { crashed: true };
  }

  override render() {
    if (!this.state.crashed) return this.props.children;
    return (
      <main>
        <Empty order={1} title={texts.crash.title} detail={texts.crash.detail}>
          <Button onClick={() => location.reload()}>{texts.crash.reload}</Button>
        </Empty>
      </main>
    );
  }
}
