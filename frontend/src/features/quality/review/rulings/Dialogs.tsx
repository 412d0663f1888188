import { Modal } from "@mantine/core";

import type { Case, Decision } from "@/api/types";

import type { Asking } from "../actions";
import { texts } from "../texts";
import { AnswerForm, GoldForm, GradeForm, GroundTruthForm, ProblemForm } from "./forms";
import { MergeForm } from "./MergeForm";

interface DialogsProps {
  readonly asking: Asking | null;
  readonly found: Case;
  readonly onDecide: (body: Decision) => void;
  readonly onClose: () => void;
}

/** What a ruling needs to know; each opening starts anew. */
export function Dialogs({ asking, found, onDecide, onClose }: DialogsProps) {
  return (
    <Modal opened={asking !== null} onClose={onClose} title={asking && texts.dialogs[asking].title} size={asking === "merge" ? "xl" : "md"}>
      {asking && <Form asking={asking} found={found} onDecide={onDecide} onClose={onClose} />}
    </Modal>
  );
}

function Form({ asking, ...rest }: Omit<DialogsProps, "asking"> & { asking: Asking }) {
  switch (asking) {
    case "merge":
      return <MergeForm {...rest} />;
    case "grade":
      return <GradeForm {...rest} />;
    case "ground_truth":
      return <GroundTruthForm {...rest} />;
    case "gold":
      return <GoldForm {...rest} />;
    case "answer":
      return <AnswerForm {...rest} />;
    default:
      return <ProblemForm kind={asking} {...rest} />;
  }
}
