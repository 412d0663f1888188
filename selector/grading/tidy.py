"""An answer's text without what says nothing about its value: delimiters, fonts, lead-ins, full stops.

Text in, text out. What has a meaning stays (`\\text{...}`, money, percent), spelled in one way.
"""

import re
import unicodedata

from selector.grading.normalize import normalise

_JOIN = re.compile(r"(?<!\\)\\!\s*")
_SUPERSCRIPTS = dict(
    zip("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207b", "0123456789-", strict=True)
)
_SUPERSCRIPT = re.compile(f"[{''.join(_SUPERSCRIPTS)}]+")
_SYMBOLS = str.maketrans(
    {
        **{
            "\u03c0": "\\pi ",
            "\u00d7": "\\times ",
            "\u00b7": "\\cdot ",
            "\u22c5": "\\cdot ",
            "\u00f7": "\\div ",
            "\u221e": "\\infty ",
            "\u00b0": "^\\circ ",
        },
        **{
            "\u2264": "\\le ",
            "\u2265": "\\ge ",
            "\u2260": "\\neq ",
            "\u222a": "\\cup ",
            "\u2229": "\\cap ",
            "\u2208": "\\in ",
            "\u00b1": "\\pm ",
        },
        **{
            "\u2205": "\\emptyset ",
            "\u211d": "\\mathbb{R}",
            "\u2248": "\\approx ",
            "\u27e8": "\\langle ",
            "\u27e9": "\\rangle ",
            "\u2044": "/",
        },
        **{
            "\u03b8": "\\theta ",
            "\u03b1": "\\alpha ",
            "\u03b2": "\\beta ",
            "\u2220": "\\angle ",
            "\u20ac": "\\text{euro}",
            "\u00a3": "\\text{gbp}",
        },
        **dict.fromkeys("\u6216", " or "),  # Chinese: or, and, a comma between things, a full stop
        **dict.fromkeys("\u548c\u4e0e\u8207\u53ca", " and "),
        **{"\u3001": ", ", "\u3002": ". "},
        **{"\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2026": "..."},
    }
)
_ROOT = re.compile(r"\u221a ?(?:\(([^()]*)\)|(\d+|\w))")
_FONT = re.compile(
    r"\\(?:mbox|text(?:bf|it|rm|sf|tt|normal|up)|math(?:rm|bf|it|sf|tt|normal)|operatorname|textnormal|hbox)\*? ?(?=\{)"
)
_LETTER = re.compile(r"\\math(?:rm\{([eid])\}|(?:bf|it|sf|normal)\{([A-Za-z])\})")
_NOTHING = re.compile(
    r"\\(?:displaystyle|textstyle|limits|nolimits|rm|bf|it|big[lr]?|Big[lr]?|bigg[lr]?|Bigg[lr]?)(?![A-Za-z])|\\phantom\{[^{}]*\}"
)
_THOUSANDS = re.compile(r"(?<=\d) ?\{ ?, ?\} ?(?=\d)")
_MONEY = re.compile(r"(?:\\text ?\{ ?\\?\$ ?\}|\\\$|\b(?:US|USD|CA|AU)\s?\\?\$)")
_LONE_MONEY = re.compile(r"([-+]?)\$\s*(?=[\d.])")
_TWICE = re.compile(r"\\\\[A-Za-z]{2}")
_ONCE = re.compile(r"(?<!\\)\\(?:\\\\)*[A-Za-z]")
_NUMERAL = re.compile(r"-?[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?")
_MARKUP = ' `*"'
_LEAD = re.compile(
    r"(?:#+|(?:so |thus |therefore,? |hence,? )?(?:the )?(?:final )?(?:answer|result|solution)s?(?: is| are)?:?"
    r"|(?:it )?equals(?: to)?|\\approx|~|=|approximately|about)(?![A-Za-z])\s*",
    re.IGNORECASE,
)
_WORD_SIGNS = [
    (
        re.compile(
            r"\s*(?:\\%|%|(?<![A-Za-z])(?:\\text\{\s*)?(?:percent(?:age)?|per cent|pct)\.?(?:\s*\})?(?![A-Za-z]))"
        ),
        r"\\%",
    ),
    (re.compile(r"(?<![A-Za-z\\])(?:\\text\{\s*)?(?:degrees?|degs?)(?:\s*\})?(?![A-Za-z])"), r"^\\circ"),
    (
        re.compile(r"\\degree(?![A-Za-z])|\^ ?\{ ?\\circ ?\}|\^ ?\\circ(?![A-Za-z])|\\textdegree(?![A-Za-z])"),
        r"^\\circ",
    ),
    (re.compile(r"(?<![A-Za-z\\])(?:infinity|inf|oo)(?![A-Za-z])"), r"\\infty"),
    (re.compile(r"(?<![A-Za-z\\])pi(?![A-Za-z])"), r"\\pi "),
    (re.compile(r"(?<![A-Za-z\\])(?:minus|negative) (?=\\?[$(\d.\\])"), "-"),
    (re.compile(r",?\s*\\text\s?\{\s*,?\s*(and|or)\s*\}\s*"), r" \1 "),
    (re.compile(r"\s*\\(?:lor|vee)(?![A-Za-z])\s*|(?<= )(?:ou|oder)(?= )|(?<=[\d)])or(?=[-\d(A-Za-z])"), " or "),
    (re.compile(r"\s*\\(?:land|wedge)(?![A-Za-z])\s*|(?<= )(?:et|und)(?= )|(?<=[\d)])and(?=[-\d(A-Za-z])"), " and "),
    (re.compile(r",\s*(and|or)(?=\s)"), r" \1"),
    (re.compile(r"\\(?:dfrac|tfrac|cfrac)(?![A-Za-z])"), r"\\frac"),
    (re.compile(r"\\[dt]binom(?![A-Za-z])"), r"\\binom"),
    (re.compile(r"(\\sqrt ?\[[^][{}]*\]) ?([0-9A-Za-z])"), r"\1{\2}"),
    (re.compile(r"(?<= )!=(?!=)"), r"\\neq "),
    (re.compile(r"\\ne(?![A-Za-z])"), r"\\neq "),
    (re.compile(r"\\lbrace(?![A-Za-z])"), r"\\{"),
    (re.compile(r"\\rbrace(?![A-Za-z])"), r"\\}"),
    (re.compile(r"\\leqslant(?![A-Za-z])|\\leq(?![A-Za-z])|<="), r"\\le "),
    (re.compile(r"\\geqslant(?![A-Za-z])|\\geq(?![A-Za-z])|>="), r"\\ge "),
    (re.compile(r"\\lt(?![A-Za-z])"), "<"),
    (re.compile(r"\\gt(?![A-Za-z])"), ">"),
    (re.compile(r"(?<=\d)(?:st|nd|rd|th)(?![A-Za-z])"), ""),
    (re.compile(r"\{([^{}]*)\\choose(?![A-Za-z])([^{}]*)\}"), r"\\binom{\1}{\2}"),
    (re.compile(r"\\ast(?![A-Za-z])"), "*"),
]
_WHOLLY_TEXT = re.compile(r"\\text ?\{([^{}]*)\}")
_END = re.compile(r"(?:\s|(?<!\.)\.|[,;:])+$")
_TIGHT = re.compile(r"(?<![A-Za-z0-9]) | (?![A-Za-z0-9])|(?<=[0-9]) (?=[A-Za-z])")


def tidy(text: str) -> str:
    """The answer itself, ready to be compared; empty where nothing but decoration was there."""
    if _NUMERAL.fullmatch(text):
        return text
    text = _NOTHING.sub(" ", plain(_once_escaped(text)))
    text = _FONT.sub(r"\\text", _LETTER.sub(r"\1\2", text)).strip(_MARKUP)
    text = _without_dollars(_unwrapped(text))
    text = _THOUSANDS.sub(",", text)
    for pattern, instead in _WORD_SIGNS:
        text = pattern.sub(instead, text)
    return _without_lead(" ".join(text.split()))


def _once_escaped(text: str) -> str:
    """`\\\\frac`, which was escaped once too often; `\\\\` ends a matrix's row too, but `\\begin` stands before it."""
    return text.replace("\\\\", "\\") if _TWICE.search(text) and not _ONCE.search(text) else text


def squeeze(text: str) -> str:
    """The tidy text without the spaces that change nothing; those between words and between digits stay."""
    return _TIGHT.sub("", text)


def plain(text: str) -> str:
    """Normalised, with signs of Unicode as LaTeX; plain text stays as it is."""
    return normalise(_plain_signs(_JOIN.sub("", text)))


def _plain_signs(text: str) -> str:
    if text.isascii():
        return text
    text = _SUPERSCRIPT.sub(lambda match: "^{" + "".join(_SUPERSCRIPTS[each] for each in match[0]) + "}", text)
    text = "".join(_vulgar(each) for each in text)
    text = _ROOT.sub(lambda match: f"\\sqrt{{{match[1] or match[2]}}}", text.translate(_SYMBOLS))
    return unicodedata.normalize("NFKC", text)


def _vulgar(character: str) -> str:
    """`½` as a LaTeX fraction, which a whole number may stand before."""
    if unicodedata.category(character) != "No" or "\u2044" not in (parts := unicodedata.normalize("NFKC", character)):
        return character
    above, below = parts.split("\u2044")
    return f"\\frac{{{above}}}{{{below}}}" if below else character


def _without_dollars(text: str) -> str:
    """Delimiters of mathematics away, money as `\\$` before its number."""
    text = _MONEY.sub("\u0001", text)
    if text.count("$") % 2:
        text = _LONE_MONEY.sub("\u0001\\1", text, count=1)
    return text.replace("$", "").replace("\u0001", "\\$")


def _unwrapped(text: str) -> str:
    """`\\text{5 cm}` without its font; two letters keep it, for they are a word in it and a product without."""
    match = _WHOLLY_TEXT.fullmatch(text)
    return match[1].strip() if match and not re.fullmatch("[A-Za-z]{2}", match[1].strip()) else text


def _without_lead(text: str) -> str:
    text = _unwrapped(text)
    while match := _LEAD.match(text):
        text = text[match.end() :].strip(_MARKUP)
    if not re.search(r"\b[ap]\.? ?m?\.+$", text, re.IGNORECASE):
        text = _END.sub("", text)
    return text.strip()
