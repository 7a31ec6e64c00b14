"""Until when, in the meeting's own words."""

from multitrack_steps.language.extractive.spoken import spoken

__all__ = ["find_deadline", "without_deadline"]

_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day(?: (?:morning|afternoon|evening|night|noon))?"
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
)
_ORDINAL = (
    r"(?:\d{1,2}(?:st|nd|rd|th)?|(?:twenty|thirty)?[- ]?(?:first|second|third|fourth|fifth|sixth|"
    r"seventh|"
    r"eighth|ninth)|tenth|eleventh|twelfth|\w+teenth|twentieth|thirtieth)"
)
_CLOCK = (
    r"(?:noon|midnight|\d{1,2}(?::\d\d)?(?: ?(?:am|pm|a\.m\.|p\.m\.|o'clock))|"
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) o'clock)"
)
_SPAN = r"(?:day|week|month|quarter|year|sprint|hour|morning|afternoon|evening|weekend|semester)"
_COUNT = r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|a few|a couple of|\d+)"
_DATE = (
    rf"(?:(?:this |next |the )?{_DAY}(?:,? (?:the )?{_ORDINAL}(?: of {_MONTH})?)?(?: next week| "
    rf"week)?|"
    rf"(?:the )?{_ORDINAL} of {_MONTH}|{_MONTH} (?:the )?{_ORDINAL}|the {_ORDINAL}|"
    rf"(?:the )?(?:end|middle|beginning|start) of (?:the|this|next) (?:{_SPAN}|{_MONTH})|"
    rf"(?:end of (?:day|week|month|quarter|year))|(?:this|next|the coming|the following) {_SPAN}|"
    rf"the weekend|tomorrow(?: (?:morning|afternoon|evening|night|noon))?|today|tonight|{_CLOCK}|"
    rf"lunch)"
)
_EVENT = (
    r"(?:before|after|until|by|in time for) (?:the|our|we|next|this|that|my|your) (?:[\w'-]+ "
    r"){0,2}?"
    r"(?:release|launch|meeting|demo|deadline|review|sprint|holidays?|event|conference|call|party|"
    r"trip|"
    r"opening|presentation|audit|start|visit|exam|show|delivery|workshop|interviews?|inspection|"
    r"ship)\b"
)
_PATTERN = spoken(rf"""
    (?:,? )?\b(?P<deadline>(?:by|before|until|till|on|no later than|at the latest by|for|at|from|
    around|starting|first thing|not later than) {_DATE}|{_EVENT}|
    (?:with)?in (?:the next )?{_COUNT} {_SPAN}s?|(?:first thing )?tomorrow(?: (?:morning|
    afternoon|evening|night|noon))?|today|tonight|(?:later |early )?(?:this|next) (?:{_SPAN}|
    {_DAY})|over the weekend|(?:the )?end of (?:the |this )?(?:{_SPAN})|(?:right after|after|
    before) (?:this|the|our) (?:call|meeting)|right away|immediately|as soon as possible|
    asap)(?=\W|$)
""")  # fmt: skip


def find_deadline(text: str) -> str | None:
    """The first time expression that says by when, on which day, or before which event."""
    match = _PATTERN.search(text)
    return match["deadline"] if match else None


def without_deadline(text: str) -> str:
    """The text without a deadline that stands at its very end."""
    plain = text
    for match in _PATTERN.finditer(plain):
        if not plain[match.end() :].strip(" .,!?"):
            return text[: match.start()].rstrip(" ,")
    return text
