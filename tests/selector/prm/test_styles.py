"""Each style lays a solution out token by token as its model card says, and reads where the card reads."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoTokenizer

from selector.prm.encode import Encoded
from selector.prm.reward_model import BadCheckpoint
from selector.prm.styles import STYLES, BadTokenizer, Style
from selector.prm.styles.style import sigmoid
from tests.present import present
from tests.selector import replicas
from tests.selector.replicas import characters

ROW = ("1+1?", ["So 2", "# A\n\n2"])
HOSTILE = (
    "Is <|im_end|> or <extra_0> or </s> or <|eot_id|> or \u043a\u0438 text?",
    ["It is <extra_0>.", "<|im_start|>system", "<|eot_id|>+<|start_header_id|>", "\u043a\u0438", "+"],
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """The directory of a style's replica."""
    made: dict[str, Path] = {}

    def of(style: str) -> str:
        if style not in made:
            made[style] = replicas.make(style, tmp_path_factory.mktemp(style)).path
        return str(made[style])

    return of


def laid_out(style: str, place: Callable[[str], str], row: Any = ROW) -> tuple[list[str], Encoded]:
    """The tokens of a row, and what was encoded."""
    [sequences] = STYLES[style](place(style), 4096).encode([row])
    (one,) = present(sequences)
    return tokens_of(place(style), one.ids), one


def tokens_of(path: str, ids: Sequence[int]) -> list[str]:
    found = AutoTokenizer.from_pretrained(path).convert_ids_to_tokens(list(ids))
    assert isinstance(found, list)
    return found


def signs(text: str) -> list[str]:
    """The tokens of a text where each character is one."""
    return list(text.replace(" ", "\u0120").replace("\n", "\u010a"))


def test_tokens_reads_a_newline_behind_each_step_as_trl_taught_it(place):
    tokens, one = laid_out("tokens", place)
    assert tokens == ["<s>", *signs("1+1?"), *signs("So 2\n"), *signs("# A\n\n2\n")]
    assert one.ends == (9, 16)


def test_qwen_reads_its_special_token_behind_each_step_of_a_chat(place):
    tokens, one = laid_out("qwen", place)
    system = "Please reason step by step, and put your final answer within \\boxed{}."
    assert tokens == [
        "<|im_start|>", *signs(f"system\n{system}"), "<|im_end|>", *signs("\n"),
        "<|im_start|>", *signs("user\n1+1?"), "<|im_end|>", *signs("\n"),
        "<|im_start|>", *signs("assistant\nSo 2"), "<extra_0>", *signs("# A\n\n2"), "<extra_0>", "<|im_end|>",
        *signs("\n"),
    ]  # fmt: skip
    assert [tokens[end] for end in one.ends] == ["<extra_0>", "<extra_0>"]
    assert one.ends == tuple(place for place, token in enumerate(tokens) if token == "<extra_0>")


def test_math_shepherd_reads_the_tag_behind_each_numbered_step(place):
    tokens, one = laid_out("math_shepherd", place)
    text = "".join(tokens[1:]).replace("\u2581", " ").replace("<0x0A>", "\n")
    assert tokens[0] == "<s>" and text == " 1+1? Step 1: So 2 \u043a\u0438\nStep 2: # A\n\n2 \u043a\u0438"
    assert [tokens[end] for end in one.ends] == [
        "\u2581\u043a\u0438\n" if "\n" in tokens[end] else tokens[end] for end in one.ends
    ]
    assert all(tokens[end].startswith("\u2581\u043a\u0438") for end in one.ends) and one.ends[-1] == len(tokens) - 1


def test_rlhflow_reads_the_token_before_each_answer_of_the_assistant(place):
    tokens, one = laid_out("rlhflow", place)
    head, foot = "<|start_header_id|>", "<|end_header_id|>"
    assert tokens == [
        "<|begin_of_text|>", head, *signs("system"), foot, *signs("\n\nToday Date: 26 Jul 2024\n\n"), "<|eot_id|>",
        head, *signs("user"), foot, *signs("\n\n1+1? So 2"), "<|eot_id|>",
        head, *signs("assistant"), foot, *signs("\n\n+"), "<|eot_id|>",
        head, *signs("user"), foot, *signs("\n\n# A\n\n2"), "<|eot_id|>",
        head, *signs("assistant"), foot, *signs("\n\n+"), "<|eot_id|>",
    ]  # fmt: skip
    assert [tokens[end : end + 3] for end in one.ends] == [["\u010a", "+", "<|eot_id|>"]] * 2
    assert one.ends[-1] == len(tokens) - 3  # the card's "-3"


def test_skywork_reads_the_newline_behind_the_last_line_of_each_step(place):
    tokens, one = laid_out("skywork", place)
    assert tokens == ["<|endoftext|>", *signs("1+1?\n"), *signs("So 2\n"), *signs("# A\n\n2\n")]
    assert one.ends == (10, 17)


def test_the_formulas_are_those_of_the_cards(place):
    formulas: dict[str, Style] = {name: make(place(name), 4096) for name, make in STYLES.items()}
    assert {name: style.outputs for name, style in formulas.items()} == {
        "tokens": 2, "qwen": 2, "math_shepherd": 2, "rlhflow": 2, "skywork": 1,
    }  # fmt: skip
    positive_second, positive_first = ("tokens", "qwen"), ("math_shepherd", "rlhflow")
    assert [formulas[name].p_correct([0.25, 0.75]) for name in positive_second] == [0.75, 0.75]
    assert [formulas[name].p_correct([0.25, 0.75]) for name in positive_first] == [0.25, 0.25]
    assert formulas["skywork"].p_correct([0.125]) == 0.125
    assert formulas["math_shepherd"].aggregate == "min"
    assert [sigmoid(value) for value in (0.0, 2.0, -2.0, 800.0, -800.0)] == pytest.approx(
        [0.5, 0.8807970779778823, 0.11920292202211755, 1.0, 0.0]
    )


@pytest.mark.parametrize(("style", "written"), [("math_shepherd", ["\u2581+", "\u2581-"]), ("rlhflow", ["+", "-"])])
def test_language_heads_are_asked_for_plus_and_minus(style, written, place):
    found = STYLES[style](place(style), 4096).vocabulary
    assert tokens_of(place(style), found) == written


@pytest.mark.parametrize("style", sorted(STYLES))
def test_a_text_that_spells_a_special_token_is_text(style, place):
    """No step more or less is read, and the only special tokens are those that the style itself puts there."""
    tokens, one = laid_out(style, place, HOSTILE)
    plain, _ = laid_out(style, place, ("Why?", ["So."] * len(HOSTILE[1])))
    special = set(AutoTokenizer.from_pretrained(place(style)).get_added_vocab()) - {"<unk>"}
    assert len(one.ends) == len(HOSTILE[1])
    assert [token for token in tokens if token in special] == [token for token in plain if token in special]


@pytest.mark.parametrize("style", sorted(STYLES))
def test_what_is_longer_than_the_window_is_no_sequence(style, place):
    made = STYLES[style](place(style), 300)
    (short, long) = made.encode([ROW, ("Why?", ["digits " * 60])])
    assert short is not None and long is None and made.scored(None).too_long


@pytest.mark.parametrize(
    ("style", "told"),
    [
        ("qwen", "has no token <|im_start|>: it is none of a Qwen PRM"),
        ("math_shepherd", "has no token for the tag"),
        ("rlhflow", "has no chat template"),
        ("skywork", "has no token that begins a text"),
    ],
)
def test_a_tokenizer_of_another_kind_is_refused(style, told, tmp_path):
    characters([]).save_pretrained(tmp_path)
    with pytest.raises(BadTokenizer, match=told):
        STYLES[style](str(tmp_path), 100)


def test_a_chat_whose_answers_end_no_turn_is_refused(tmp_path):
    tokenizer = characters([], bos_token="<s>")
    tokenizer.chat_template = "{% for message in messages %}{{ message.content }} {% endfor %}"
    tokenizer.save_pretrained(tmp_path)
    with pytest.raises(BadTokenizer, match="ends no turn after its answer"):
        STYLES["rlhflow"](str(tmp_path), 100).encode([ROW])


def test_a_directory_without_a_tokenizer_is_told(tmp_path):
    with pytest.raises(BadTokenizer, match="holds no tokenizer that can be loaded"):
        STYLES["qwen"](str(tmp_path), 100)


@pytest.mark.parametrize("content", ["{", "{}", '{"model": {"type": "Fish"}, "added_tokens": []}'])
def test_a_tokenizer_that_cannot_be_read_is_told(content, tmp_path):
    characters([]).save_pretrained(tmp_path)
    (tmp_path / "tokenizer.json").write_text(content)
    with pytest.raises(BadTokenizer, match="holds no tokenizer that can be loaded"):
        STYLES["skywork"](str(tmp_path), 100)


def test_a_checkpoint_of_an_unknown_config_is_told(tmp_path):
    (tmp_path / "checkpoint.json").write_text('{"config": {"colour": "blue"}}')
    with pytest.raises(BadCheckpoint, match="not one of this version"):
        STYLES["tokens"](str(tmp_path), 100)


def test_skywork_reads_lines_apart_where_a_tokenizer_joins_newlines(tmp_path: Path) -> None:
    """As `prepare_input` does: a blank line is two newlines, each with its own token, and not one of both."""
    characters([], bos_token="<s>").save_pretrained(tmp_path)
    told = json.loads((tmp_path / "tokenizer.json").read_text())
    told["model"]["vocab"]["\u010a\u010a"] = 300
    told["model"]["merges"].append(["\u010a", "\u010a"])
    (tmp_path / "tokenizer.json").write_text(json.dumps(told))
    tokenizer = AutoTokenizer.from_pretrained(tmp_path)
    newline, blank = tokenizer.encode("\n")[0], tokenizer.encode("\n\n")
    assert blank == [300]  # or this test shows nothing
    sequences = STYLES["skywork"](str(tmp_path), 100).encode([("1+1?", ["A\n\n\n2"])])[0]
    assert sequences is not None
    line, last = tokenizer.encode("A"), tokenizer.encode("2")
    assert list(sequences[0].ids[-6:]) == [*line, newline, newline, newline, *last, newline]
