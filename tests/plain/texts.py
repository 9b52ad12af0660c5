"""Texts that act, hide or reorder, and writing that must stay as it is."""

import unicodedata

HOSTILE = {
    "escape": "Lind\x1b[2J\x1b]0;title\x07",
    "one byte control": "Lind\x9b31m",
    "new line": "Lind\n/case: nothing was altered.",
    "carriage return": "against\rfor    ",
    "bidi override": "Lind \u202etsniaga\u202c",
    "bidi isolate": "\u2066Lind\u2069",
    "marks of direction": "Lind\u200e\u200f\u061c",
    "zero width": "Li\u200bnd\u2060\ufeff\u200d\u200c",
    "line separator": "Lind\u2028for\u2029",
    "fillers": "Lind\u3164\u115f\u034f",
    "tags": "Lind\U000e0041\U000e0101",
    "private use": "Lind\ue000\U000f0000",
    "not assigned": "Lind\u0378",
    "surrogate": "Lind\udcff",
    "soft hyphen": "Li\u00adnd",
    "formula": '=HYPERLINK("http://x")',
    "markup": '<b>Lind</b><img src="file:///etc/passwd">',
}

HONEST = {
    "Swedish": "Åsa Öberg-Lind",
    "decomposed": unicodedata.normalize("NFD", "Åsa Öberg"),
    "Vietnamese": "Nguyễn Thị Hương",
    "Greek": "Ελένη Παπαδοπούλου",
    "Russian": "Наталья Ёлкина",
    "Arabic": "الكبد سليم",
    "Persian": "می\u200cخواهم",  # noqa: RUF001 - Persian is meant
    "Hebrew": "שָׁלוֹם עולם",
    "Hindi": "क्षत्रिय हिन्दी क\u094d\u200dष",
    "Thai": "ที่นี่ภาษาไทย",
    "Chinese": "肝切除術 肝脏",
    "Japanese": "かんぞう カンゾウ 肝臓",
    "Korean": "간 절제",
    "emoji": "👍 ⚠\ufe0f",
    "signs": "≥ 30 % ± 2 → 5 mL\N{NO-BREAK SPACE}² µ",
}


def forbidden(text: str) -> set[str]:
    """Return the characters of a text that may reach no terminal."""
    return {c for c in text if unicodedata.category(c) in NEVER or c in "\u115f\u3164\u034f"}


NEVER = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
