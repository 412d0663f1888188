"""Math-Shepherd: a language model that was taught to write + or - behind a tag."""

from itertools import accumulate

from selector.formats.published.math_shepherd import TAG
from selector.prm.encode import Encoded, Row
from selector.prm.styles.style import BadTokenizer, Style, fitting, tokenizer_of


def math_shepherd_style(tokenizer: str, window: int) -> Style:
    """A tag after each step (model card of peiyi9979/math-shepherd-mistral-7b-prm; arXiv 2312.08935).

    Text: the problem, then `Step 1: ... \u043a\u0438`, a line for each step. Positions: the last token of each tag (id
    12902). Formula: softmax over the logits of `+` and `-` as the next token (ids 648 and 387: `encode("+ -")` without
    the token that begins a text), of which the first is P(correct). The authors score a solution by its least step.
    """
    known = tokenizer_of(tokenizer)
    if str(known.decode(known(TAG)["input_ids"][-1:])).strip() != TAG:
        raise BadTokenizer(f"{tokenizer} has no token for the tag {TAG}: it is none of a Math-Shepherd model.")
    if len(signs := known.encode("+ -", add_special_tokens=False)) != 2:
        raise BadTokenizer(f"{tokenizer} has no tokens for + and -: it is none of a Math-Shepherd model.")

    def encode(row: Row) -> Encoded:
        problem, steps = row
        pieces = [f"{problem} ", *(f"Step {i}: {step} {TAG}\n" for i, step in enumerate(steps, start=1))]
        # As one text, for a piece alone would begin with a space; where each tag stands in it is known beforehand.
        read = known("".join(pieces)[:-1], split_special_tokens=True)
        return Encoded(
            tuple(read["input_ids"]),
            tuple(read.char_to_token(place - 2) for place in list(accumulate(map(len, pieces)))[1:]),
        )

    return Style(
        encode=lambda rows: fitting(map(encode, rows), window),
        outputs=2,
        p_correct=lambda probs: probs[0],
        aggregate="min",
        vocabulary=tuple(signs),
    )
