"""The embedded default base reads the corpus before it learns, and reads nothing it cannot use."""

import torch
from transformers import LlamaForTokenClassification

from selector.prm.encode import Encoder
from selector.prm.outputs import pad
from selector.prm.training import embedded, train
from selector.prm.training.processes import Processes
from selector.prm.training.training_loop import Run
from selector.prm.training.unfinished import Unfinished
from tests.selector.tiny import CORPUS, EIGHT, quick

TEXTS = list(CORPUS)


def made() -> tuple[LlamaForTokenClassification, Encoder]:
    torch.manual_seed(0)
    model, tokenizer = embedded.make(TEXTS)
    return model, Encoder(tokenizer, "step", 1024)


def surprise(model: LlamaForTokenClassification, encoder: Encoder) -> float:
    """How badly a fresh head, trained alone on the model's features, foretells the corpus: the trunk's merit."""
    torch.manual_seed(1)
    ids, mask = pad(encoder.tokens(TEXTS), model)
    features = model.model(input_ids=ids, attention_mask=mask).last_hidden_state.detach()
    head = torch.nn.Linear(features.shape[-1], model.config.vocab_size)
    optimizer = torch.optim.Adam(head.parameters(), lr=0.01)
    shown = mask[:, 1:].bool()
    for _ in range(40):
        loss = torch.nn.functional.cross_entropy(head(features[:, :-1])[shown], ids[:, 1:][shown])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


def test_reading_teaches_the_trunk_itself(tmp_path):
    model, encoder = made()
    before = surprise(model, encoder)
    batches = embedded.reading(TEXTS, encoder, quick(pretrain_updates=40))
    heard: list[float] = []
    run = Run(quick(), encoder.digits, Unfinished(tmp_path / "run", "this one"), Processes(), heard.append)
    embedded.read(model, batches, run)
    assert len(heard) == 40
    assert heard[-1] < heard[0] / 2
    assert surprise(model, encoder) < before * 0.8


def test_reading_takes_as_many_updates_as_were_asked_for_and_covers_the_texts():
    _, encoder = made()
    batches = embedded.reading(TEXTS, encoder, quick(pretrain_updates=9))
    assert len(batches) == 9
    assert {one.ids for batch in batches for one in batch} == {tuple(ids) for ids in encoder.tokens(TEXTS)}
    assert embedded.reading(TEXTS, encoder, quick(pretrain_updates=0)) == []
    assert embedded.reading([], encoder, quick(pretrain_updates=9)) == []


def test_a_long_text_is_read_in_pieces_and_digits_alone_are_not_read():
    _, encoder = made()
    batches = embedded.reading(["many words " * 200, "12345", "7"], encoder, quick(pretrain_updates=3))
    lengths = [len(one.ids) for batch in batches for one in batch]
    assert max(lengths) == embedded.PIECE
    assert all(set(one.ids) - set(encoder.digits) for batch in batches for one in batch)
    assert embedded.reading(["12345", "7"], encoder, quick(pretrain_updates=3)) == []


def test_digits_are_read_but_not_foretold():
    _, encoder = made()
    (ids,) = encoder.tokens(["so 8 x 2"])
    told = embedded.to_foretell(ids, encoder.digits)
    kept = [token for token, truth in zip(ids, told, strict=True) if truth != embedded.IGNORED]
    assert encoder.tokenizer.decode(kept) == "so x"
    assert [truth for truth in told if truth != embedded.IGNORED] == kept
    assert embedded.reading(["a1"], encoder, quick(pretrain_updates=1)) == []  # after the letter nothing is to foretell


def test_a_run_reads_first_and_tells_both_stages(tmp_path):
    seen: list[tuple[int, int, str]] = []
    config = quick(pretrain_updates=4, min_updates=3)
    card = train.train(
        EIGHT, config=config, corpus=CORPUS, out=tmp_path / "a", progress=lambda *told: seen.append(told)
    )
    assert [message.split(":")[0] for *_, message in seen[:5]] == ["Reading the corpus"] * 4 + ["Learning from labels"]
    assert [done for done, *_ in seen] == list(range(1, seen[0][1] + 1))
    assert len(card["losses"]) <= 10


def test_the_card_knows_the_corpus(tmp_path):
    cards = [
        train.train(EIGHT, config=quick(min_updates=1), corpus=corpus, out=tmp_path / "a")
        for corpus in (CORPUS, [*CORPUS, CORPUS[0]], CORPUS[::-1])
    ]
    assert cards[0]["corpus_digest"] == cards[1]["corpus_digest"] != cards[2]["corpus_digest"]
