"""What a model is asked, as the messages of a chat.

Chat, not completions: it is what every one of vLLM, llama.cpp's server and the hosted ones offers (the hosted often
nothing else), and the server knows its model's own template. Only user and assistant speak, by turns: some templates
take no system message, and some no two messages of one side.
"""

from collections.abc import Sequence

Messages = list[dict[str, str]]

SOLVE = """\
Solve the problem below step by step.

Write one step on each line: a complete thought of a sentence or two, its formulas on the same line. \
No headings, no bullets, no numbers before the steps. After the last step write a line with nothing but "# Answer", \
and on the line below it the final answer alone.

Problem:
"""
GO_ON = "Write the next step of the solution, and only that step, on one line."
BEGIN = "\n\nWrite the first step of the solution, and only that step, on one line."


def for_solution(problem: str) -> Messages:
    return [{"role": "user", "content": SOLVE + problem}]


def for_step(problem: str, steps: Sequence[str]) -> Messages:
    """Asks for what could follow `steps`, the right beginning of a solution."""
    if not steps:
        return [{"role": "user", "content": SOLVE + problem + BEGIN}]
    return [
        {"role": "user", "content": SOLVE + problem},
        {"role": "assistant", "content": "\n".join(steps)},
        {"role": "user", "content": GO_ON},
    ]
