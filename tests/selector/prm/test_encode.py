"""Steps end where they end, whatever they hold, and nothing in a text has powers."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from selector.prm import encode
from selector.prm.encode import Encoded, Encoder
from selector.prm.training import embedded

CORPUS = [
    "The shelf holds 24 books. Mia doubles them, so 24 x 2 = 48.",
    "So 48.\n\n# Answer\n\n48",
    "How many books?",
] * 3
tokenizer = embedded.train_tokenizer(CORPUS)

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
solutions = st.tuples(texts, st.lists(texts, min_size=1, max_size=6))


def decoded(ids: Sequence[int]) -> str:
    text = tokenizer.decode(list(ids))
    assert isinstance(text, str)
    return text


def toy() -> PreTrainedTokenizerFast:
    """Whole words, numbered by hand: 1 starts, 9 is a line break."""
    words = {"<pad>": 0, "<s>": 1, "two": 2, "and": 3, "is": 4, "four": 5, "five": 6, "why": 7, "?": 8, "\n": 9}
    plain = Tokenizer(models.WordLevel(words, unk_token="?"))
    plain.pre_tokenizer = pre_tokenizers.Split(" ", "removed")
    return PreTrainedTokenizerFast(tokenizer_object=plain, pad_token="<pad>", bos_token="<s>")


def test_a_solution_is_the_problem_and_its_steps_with_the_end_of_each_kept():
    row = ("why ?", ["two and two", "is four"])
    assert Encoder(toy(), "solution", 64).encode([row]) == [[Encoded((1, 7, 8, 9, 2, 3, 2, 9, 4, 5), (6, 9))]]


def test_a_step_alone_is_a_sequence_of_its_own():
    row = ("why ?", ["two and two", "is four"])
    assert Encoder(toy(), "step", 64).encode([row]) == [[Encoded((1, 2, 3, 2), (3,)), Encoded((1, 4, 5), (2,))]]


def test_the_embedded_tokenizer_marks_the_place_of_a_step_alone():
    many = Encoder(tokenizer, "step", 64).encode([("", ["So"] * 15)])[0]
    assert many
    marks = [tokenizer.convert_ids_to_tokens(sequence.ids[0]) for sequence in many]
    assert marks == [f"<step{place}>" for place in range(1, 13)] + ["<step12>"] * 3
    assert len({sequence.ids[1:] for sequence in many}) == 1


@given(solutions)
def test_what_lies_between_the_ends_is_the_steps_to_the_letter(row):
    problem, steps = row
    (sequences,) = Encoder(tokenizer, "solution", 10**6).encode([row])
    assert sequences
    ids, ends = sequences[0].ids, sequences[0].ends
    starts = [
        len(tokenizer(problem, add_special_tokens=False, split_special_tokens=True)["input_ids"]),
        *[e + 1 for e in ends],
    ]
    between = [decoded(ids[start : end + 1]) for start, end in zip(starts, ends, strict=False)]
    assert between == ["\n" + step for step in steps]
    alone = Encoder(tokenizer, "step", 10**6).encode([row])[0]
    assert alone
    assert [decoded(one.ids[1:]) for one in alone] == steps
    assert all(one.ends == (len(one.ids) - 1,) for one in alone)


def test_each_digit_is_a_token_and_newlines_inside_a_step_survive():
    (sequences,) = Encoder(tokenizer, "step", 64).encode([("", ["x 907\n\n# Answer\n\n907"])])
    assert sequences
    tokens = [decoded([token]) for token in sequences[0].ids[1:]]
    assert [token.strip() for token in tokens if any(sign.isdigit() for sign in token)] == list("907907")
    assert "".join(tokens) == "x 907\n\n# Answer\n\n907"


def test_a_digit_is_only_ever_taken_for_one_written_like_it():
    digits = Encoder(tokenizer, "step", 64).digits
    for token, alike in digits.items():
        texts = [decoded([one]) for one in alike]
        assert decoded([token]) in texts
        assert {len(text) for text in texts} == {len(texts[0])}
        assert all(text.strip().isdigit() for text in texts)
    written = {decoded([token]) for token in digits}
    assert set("0123456789") <= written and {" 2", " 4"} <= written


@pytest.mark.parametrize("text", ["<pad>", "<step1>", "a <pad><step3> b"])
def test_a_text_that_spells_a_special_token_is_text(text):
    (sequences,) = Encoder(tokenizer, "step", 64).encode([("", [text])])
    assert sequences
    assert not set(sequences[0].ids[1:]) & set(tokenizer.all_special_ids)
    marks = {tokenizer.convert_tokens_to_ids(mark) for mark in encode.PLACE_MARKS}
    assert not set(sequences[0].ids[1:]) & marks


@pytest.mark.parametrize(
    ("context", "window", "fits"),
    [("solution", 10, True), ("solution", 9, False), ("step", 4, True), ("step", 3, False)],
)
def test_what_does_not_fit_the_window_is_told_and_not_cut(context, window, fits):
    short = ("why ?", ["is four"])
    found = Encoder(toy(), context, window).encode([("why ?", ["two and two", "is four"]), short])
    assert (found[0] is not None) == fits
    assert found[1] is not None


def test_a_solution_without_steps_is_refused():
    with pytest.raises(ValueError, match="without steps"):
        Encoder(tokenizer, "step", 64).encode([("Why?", [])])


def test_no_rows_are_no_sequences():
    assert Encoder(tokenizer, "step", 64).encode([]) == []


@given(st.lists(texts, min_size=1, max_size=8))
def test_the_same_corpus_makes_the_same_tokenizer(corpus):
    vocabularies = [embedded.train_tokenizer(iter(corpus)).get_vocab() for _ in range(2)]
    assert vocabularies[0] == vocabularies[1]
