"""Skywork-o1-Open-PRM: a value head on Qwen2.5-Math."""

from selector.prm.encode import Encoded, Row
from selector.prm.styles.style import BadTokenizer, Style, fitting, last_id, text_ids, tokenizer_of

STEP = "\n"  # `step_token` of the model card's example


def skywork_style(tokenizer: str, window: int) -> Style:
    """A value at the end of each step (Skywork/Skywork-o1-Open-PRM-Qwen-2.5-7B; SkyworkAI/skywork-o1-prm-inference).

    Text, by its `prepare_input`: the token that begins a text, the problem and a newline; then each line of the
    response tokenised apart, and behind it the newline's token. A step of several lines is read line by line, as the
    model was taught. Positions: the newline behind each step's last line. Formula: the sigmoid of the one value that
    `v_head.summary` puts out (`return_probs`, `derive_step_rewards`).
    """
    known = tokenizer_of(tokenizer)
    if known.bos_token_id is None:
        raise BadTokenizer(f"{tokenizer} has no token that begins a text (bos_token): it is none of a Skywork PRM.")
    newline = last_id(known, STEP)

    def encode(row: Row) -> Encoded:
        problem, steps = row
        by_step = [step.strip(STEP).split(STEP) for step in steps]
        prompt, *lines = text_ids(known, [problem + STEP, *(line for step in by_step for line in step)])
        ids, ends, left = [known.bos_token_id, *prompt], [], iter(lines)
        for step in by_step:
            for _ in step:
                ids += [*next(left), newline]
            ends.append(len(ids) - 1)
        return Encoded(tuple(ids), tuple(ends))

    return Style(
        encode=lambda rows: fitting(map(encode, rows), window),
        outputs=1,
        p_correct=lambda probs: probs[0],
        aggregate="product",
    )
