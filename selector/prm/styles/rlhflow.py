"""RLHFlow's PRMs: a chat in which the assistant answers + or - to each step."""

import re
from dataclasses import dataclass
from itertools import zip_longest

from transformers import PreTrainedTokenizerBase

from selector.prm.encode import Encoded, Row
from selector.prm.styles.style import BadTokenizer, Style, fitting, last_id, text_ids, tokenizer_of

DATE = "26 Jul 2024"  # what Llama 3.1's template says is today: a template that asks the clock would score by the day
HOLE, FILLED = "\ue000%d\ue001", re.compile("\ue000(\\d+)\ue001")  # a text's place while the chat is laid out


def rlhflow_style(tokenizer: str, window: int) -> Style:
    """A turn for each step (RLHFlow/RLHF-Reward-Modeling, math-rm/prm_evaluate.py, which their model cards refer to).

    Text: the tokenizer's own chat template of turns, in which the user says a step (the problem and a space before the
    first) and the assistant `+`, whatever is true. Texts are stripped, as there. Positions: the token before each `+`,
    which predicts it; counted from the end of a turn that is the third ("-3"). Formula: softmax over the logits of `+`
    and `-` (ids 10 and 12 of Llama 3.1's tokenizer), of which the first is P(correct). The authors score a solution by
    the mean of its steps; here it is their product.
    """
    known = tokenizer_of(tokenizer)
    if not known.chat_template:
        raise BadTokenizer(f"{tokenizer} has no chat template: it is none of RLHFlow's.")
    plus, minus = last_id(known, "+"), last_id(known, "-")
    chats = Chats(known, plus)
    return Style(
        encode=lambda rows: fitting(map(chats.encode, rows), window),
        outputs=2,
        p_correct=lambda probs: probs[0],
        aggregate="product",
        vocabulary=(plus, minus),
    )


@dataclass(frozen=True, slots=True)
class Chats:
    """Lays chats out by a tokenizer's template; what people wrote never becomes a special token of it."""

    tokenizer: PreTrainedTokenizerBase
    plus: int

    def encode(self, row: Row) -> Encoded:
        """The chat's ids, and the places before each answer. Raises BadTokenizer where an answer is no token."""
        problem, steps = row
        first, *others = (step.strip() for step in steps)
        said = [f"{problem} {first}".strip(), *others]
        pieces = re.split(self._specials(), self._layout(len(said)))  # every other one is a special token
        texts = [FILLED.sub(lambda hole: said[int(hole[1])], piece) for piece in pieces[::2]]
        specials = [self.tokenizer.get_vocab()[special] for special in pieces[1::2]]
        ids: list[int] = []
        ends: list[int] = []
        for piece, tokens, special in zip_longest(pieces[::2], text_ids(self.tokenizer, texts), specials):
            ids += tokens
            if piece.endswith("+"):  # the assistant's answer: what the user says are holes
                if len(ids) < 2 or ids[-1] != self.plus:
                    raise BadTokenizer(f"{self.tokenizer.name_or_path} reads the answer + of its chat as no token.")
                ends.append(len(ids) - 2)
            ids += [] if special is None else [special]
        if len(ends) != len(said):
            raise BadTokenizer(f"The chat template of {self.tokenizer.name_or_path} ends no turn after its answer.")
        return Encoded(tuple(ids), tuple(ends))

    def _layout(self, turns: int) -> str:
        """The chat as text, with a hole for each text of the user's."""
        chat = [
            {"role": role, "content": content}
            for turn in range(turns)
            for role, content in (("user", HOLE % turn), ("assistant", "+"))
        ]
        return str(self.tokenizer.apply_chat_template(chat, tokenize=False, date_string=DATE))

    def _specials(self) -> str:
        """A pattern of the tokens that part a text before it is tokenised; nothing fits it where there are none."""
        added = sorted(map(str, self.tokenizer.get_added_vocab()), key=len, reverse=True)
        return f"({'|'.join(map(re.escape, added))})" if added else "((?!))"
