"""Answers that a careless grader hangs on, dies of, or runs: the same ones every time, none of them equal to 5."""

import random
from collections.abc import Callable, Iterator

Draw = random.Random


def hostile_answers(number: int) -> Iterator[str]:
    """So many answers, of every family in turn."""
    draw = Draw(0)
    for place in range(number):
        yield FAMILIES[place % len(FAMILIES)](draw)


def _nested(opening: str, closing: str, inner: str, deep: tuple[int, int]) -> Callable[[Draw], str]:
    def make(draw: Draw) -> str:
        depth = draw.randint(*deep)
        return opening * depth + inner + closing * depth

    return make


def _tower(draw: Draw) -> str:
    height, base = draw.randint(3, 60), draw.choice(["9", "10", "x", "(-2)", "1.5", "\\pi"])
    return (base + "^{") * height + base + "}" * height


def _slash_tower(draw: Draw) -> str:
    return draw.choice(["**", "^"]).join(str(draw.randint(2, 99)) for _ in range(draw.randint(3, 30)))


def _digits(draw: Draw) -> str:
    return draw.choice(["", "-", "0.", "1/"]) + str(draw.randint(1, 9)) * draw.choice(
        [300, 399, 401, 1_400, 4_999, 9_999]
    )


def _exponent(draw: Draw) -> str:
    return draw.choice(["1e{}", "1.5\\times 10^{{{}}}", "10^{{-{}}}", "2^{{{}}}", "0.1^{{{}}}"]).format(
        9 ** draw.randint(3, 60)
    )


def _factorial(draw: Draw) -> str:
    return draw.choice(["{}!", "(({}!)!)!", "{}!!!", "\\frac{{{0}!}}{{({0}-1)!}}", "\\Gamma({})"]).format(
        10 ** draw.randint(3, 12)
    )


def _combinations(draw: Draw) -> str:
    top = 10 ** draw.randint(4, 12)
    return f"\\binom{{{top}}}{{{top // draw.randint(2, 5)}}}" + draw.choice(["", "^{99}", "!"])


def _matrix(draw: Draw) -> str:
    size = draw.randint(4, 11)
    cells = [[draw.choice(["x", "y", "a_{1}", "7", "2^{99}", "\\sqrt{x}"]) for _ in range(size)] for _ in range(size)]
    body = "\\\\".join("&".join(row) for row in cells)
    return (
        draw.choice(["\\det", "", "2", "e^"])
        + f"\\begin{{pmatrix}}{body}\\end{{pmatrix}}"
        + draw.choice(["", "^{-1}", "^{50}"])
    )


def _series(draw: Draw) -> str:
    bound = 10 ** draw.randint(3, 15)
    return draw.choice(
        [
            f"\\sum_{{k=1}}^{{{bound}}} k^k",
            f"\\prod_{{k=1}}^{{{bound}}} (k+x)",
            "\\sum_{k=1}^{\\infty} \\frac{1}{k^k}",
            f"\\int_0^{{{bound}}} e^{{\\sin(x^x)}} dx",
            "\\lim_{n \\to \\infty} (1+\\frac{1}{n})^{n^n}",
        ]
    )


def _power(draw: Draw) -> str:
    return (
        "("
        + "+".join("xyzabc"[: draw.randint(2, 6)])
        + f"+1)^{{{draw.randint(50, 5_000)}}}"
        + draw.choice(["", " = 0", "<1"])
    )


def _functions(draw: Draw) -> str:
    names = ["\\sin", "\\cos", "\\tan", "\\ln", "\\exp", "\\arctan", "\\log_{x}"]
    depth = draw.randint(5, 60)
    return "".join(draw.choice(names) + "(" for _ in range(depth)) + "x" + ")" * depth


def _unbalanced(draw: Draw) -> str:
    pieces = [
        "\\frac{",
        "}",
        "{",
        "\\left(",
        "\\right]",
        "\\sqrt[",
        "^",
        "_",
        "\\\\",
        "&",
        "\\begin{pmatrix}",
        "\\end{",
        "$",
        "\\text{",
    ]
    return "".join(draw.choice([*pieces, "1", "x", "+"]) for _ in range(draw.randint(3, 120)))


def _code(draw: Draw) -> str:
    return draw.choice(
        [
            "__import__('os').system('touch hostile{}')",
            "exec('while True: pass') #{}",
            "(lambda f: f(f))(lambda f: f(f)) + {}",
            "[x for x in ().__class__.__base__.__subclasses__()][{}]",
            "\\input{{/etc/passwd}} {}",
            "\\def\\a{{\\a\\a}}\\a {}",
            "\\newcommand{{\\b}}{{\\b\\b}}\\b {}",
            "'; DROP TABLE solution; -- {}",
            "{{{{ {}*{{7*7}} }}}}",
        ]
    ).format(draw.randint(6, 999))


def _unicode(draw: Draw) -> str:
    pieces = (
        "\u202e\u0301\ufdfa\U0001f4a5\ud800\u0663\u2155\u221a\u00b2\u2044\u3007\uff15\u0000\u001b\u2028\u0130\ufb03"
    )
    return "".join(draw.choice(pieces) for _ in range(draw.randint(2, 400)))


def _repeated(draw: Draw) -> str:
    piece = draw.choice(
        [
            " ",
            ",",
            "(",
            ")",
            "[",
            "\\",
            "$",
            "{,}",
            "1,",
            "=",
            ":",
            "/",
            "1 ",
            "\\text{a}",
            "a ",
            "-",
            "x=",
            "\\pm 1",
            "<1",
            ".",
            "^",
            "'",
        ]
    )
    return draw.choice(["", "1", "x"]) + piece * draw.choice([50, 700, 1_499, 5_000]) + draw.choice(["", "1", "!"])


def _megabyte(draw: Draw) -> str:
    return draw.choice(["1", "x+", "\\frac{1}{", "(", " ", "\u4e00"]) * draw.randint(200_000, 1_000_000)


def _collection(draw: Draw) -> str:
    parts = ",".join(
        draw.choice(["\\sqrt{x^{9}}", "2^{9^{9}}", "\\pm 3", "x=1", "1"]) for _ in range(draw.randint(10, 200))
    )
    return draw.choice(["{}", "({})", "\\{{{}\\}}", "[{}]"]).format(parts)


def _union(draw: Draw) -> str:
    return draw.choice(["\\cup", "\\cap", "\\setminus"]).join(
        f"({k},{k + draw.randint(1, 9)}]" for k in range(draw.randint(2, 60))
    )


FAMILIES: list[Callable[[Draw], str]] = [
    *(_tower, _slash_tower, _digits, _exponent, _factorial, _combinations, _matrix, _series, _power, _functions),
    *(_unbalanced, _code, _unicode, _repeated, _megabyte, _collection, _union),
    _nested("(", ")", "x", (50, 740)),
    _nested("{", "}", "1", (50, 740)),
    _nested("\\sqrt{", "}", "2", (20, 240)),
    _nested("\\frac{1}{1+", "}", "x", (20, 150)),
    _nested("\\boxed{", "}", "x", (20, 200)),
    _nested("|", "|", "x", (20, 700)),
    _nested("\\text{", "}", "7", (20, 200)),
    _nested("((1,2),", ")", "3", (5, 150)),
    _nested("[[", "]]", "1,2", (5, 350)),
    _nested("x=", "", "1", (20, 700)),
    _nested("f(", ")", "x", (20, 700)),
]
