"""Qwen2.5-Math-PRM, and models made like it: Qwen2.5-Math-7B-PRM800K among them."""

from itertools import accumulate

from selector.prm.encode import Encoded, Row
from selector.prm.styles.style import Style, fitting, text_ids, token_id, tokenizer_of

SYSTEM = "Please reason step by step, and put your final answer within \\boxed{}."  # of the model card's example
FAMILY = "a Qwen PRM"


def qwen_style(tokenizer: str, window: int) -> Style:
    """A chat with a special token after each step (model card of Qwen/Qwen2.5-Math-PRM-7B; arXiv 2501.07301).

    Text: ChatML of a system message, the problem as the user, and as the assistant all steps, each followed by
    `<extra_0>` (id 151651). Positions: each `<extra_0>`. Formula: "we extract the probability score of this token being
    classified as positive", the second of two classes under a softmax.
    """
    known = tokenizer_of(tokenizer)
    start, end, tag = (token_id(known, name, FAMILY) for name in ("<|im_start|>", "<|im_end|>", "<extra_0>"))

    def encode(row: Row) -> Encoded:
        problem, (first, *others) = row
        # Special tokens part a text before it is tokenised: the pieces' ids are the ids of the whole chat.
        parts = [f"system\n{SYSTEM}", "\n", f"user\n{problem}", "\n", f"assistant\n{first}", *others, "\n"]
        system, gap, user, gap, *steps, last = text_ids(known, parts)
        ids = [start, *system, end, *gap, start, *user, end, *gap, start]
        lengths = [len(ids), *(len(step) + 1 for step in steps)]
        ids += [token for step in steps for token in (*step, tag)] + [end, *last]
        return Encoded(tuple(ids), tuple(place - 1 for place in list(accumulate(lengths))[1:]))

    return Style(
        encode=lambda rows: fitting(map(encode, rows), window),
        outputs=2,
        p_correct=lambda probs: probs[1],
        aggregate="product",
        answered=lambda sequence: [place for place, token in enumerate(sequence.ids) if token == tag],
    )
