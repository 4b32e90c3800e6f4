"""Belgian identifiers, checked: national numbers, enterprises, establishment units, employers.

Pure; an error says what would be right and never repeats the number. Sources: the validators of
belgif/rest-problem-java (Ssin, EnterpriseNumber, EstablishmentUnitNumber, EmployerId); for
enterprise numbers with a 1, news.economie.fgov.be of 19 September 2023.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

MODULUS: Final = 97
SEPARATORS: Final = re.compile("[ ./-]")
"""What people write between the digits."""

SEX_UNKNOWN, SEX_KNOWN = 20, 40
"""What a BIS number adds to the month, by whether the sex was known."""

LEAST_NSSO, LAST_NSSO, LAST_LOCAL = 197, 5_999_999_999, 99_999_926
"""The span of NSSO numbers, and the end of those that provinces and municipalities kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalNumber:
    """A number of the National Register or of the BIS register, and what it reveals.

    Attributes:
        digits: the eleven digits; like all that they reveal, never in a text or a log.
        register: `national`, or `bis` for who is not in the National Register.
        century: 1900 or 2000: the one that the check digits fit.
        born: None when month or day are 00, which says that they are not known.
        sex: None in a BIS number that was given before the sex was known.

    """

    digits: str = field(repr=False)
    register: Literal["national", "bis"]
    century: int = field(repr=False)
    born: date | None = field(repr=False)
    sex: Literal["female", "male"] | None = field(repr=False)


def national_number(text: str) -> NationalNumber:
    """Check an INSZ/NISS/SSIN: eleven digits YYMMDD SSS CC, with or without separators.

    The number doesn't hold its century: the check digits fit one of the two at most. So one wrong
    digit is always found, but for one: the year's last digit, when it is off by six and the check
    digits then fit the other century.

    Raises:
        ValueError: it is none; the message says why, without a digit of it.

    """
    digits = _digits(text, 11, "a national number")
    year, month, day, counter = (int(digits[at]) for at in _PARTS)
    if month % SEX_UNKNOWN > 12 or month > SEX_KNOWN + 12:  # noqa: PLR2004  months in a year
        raise ValueError("the month (digits 3 and 4) is 00 to 12, or 20 or 40 more in a BIS number")
    bis = month >= SEX_UNKNOWN
    if not bis and counter in {0, 999}:
        raise ValueError("the counter (digits 7 to 9) is 001 to 998")
    fits = [c for c in (1900, 2000) if _fits(int(digits[:9]) + c // 2000 * 2 * 10**9, digits)]
    if not fits:
        raise ValueError("the check digits (the last two) do not fit the others: one is mistyped")
    century, month_alone = fits[0], month % SEX_UNKNOWN
    born = None
    if month_alone and day:
        try:
            born = date(century + year, month_alone, day)
        except ValueError:
            raise ValueError("the first six digits are no day that there was") from None
    sex_unknown = bis and month < SEX_KNOWN
    return NationalNumber(
        digits=digits,
        register="bis" if bis else "national",
        century=century,
        born=born,
        sex=None if sex_unknown else "male" if counter % 2 else "female",
    )


def enterprise_number(text: str) -> str:
    """Check a KBO/BCE number, such as 0566.988.259, and return its ten digits.

    Raises:
        ValueError: it is none.

    """
    digits = _digits(text, 10, "an enterprise number")
    if digits[0] not in "01":
        raise ValueError("an enterprise number begins with 0, or with 1 since 19 September 2023")
    return _checked(digits)


def establishment_unit_number(text: str) -> str:
    """Check the number of an establishment unit, such as 2.297.964.444, and return its digits.

    Raises:
        ValueError: it is none.

    """
    digits = _digits(text, 10, "an establishment unit's number")
    if digits[0] not in "2345678":
        raise ValueError("an establishment unit's number begins with 2 to 8")
    return _checked(digits)


def nsso_number(text: str) -> str:
    """Check an employer's number at the NSSO (RSZ/ONSS) and return it in ten digits.

    That of a province or municipality may be of the former RSZPPO, with other check digits.

    Raises:
        ValueError: it is none.

    """
    digits = SEPARATORS.sub("", text)
    if not re.fullmatch("[0-9]{3,10}", digits):
        raise ValueError("an NSSO number has at most 10 digits")
    number = int(digits)
    if not LEAST_NSSO <= number <= LAST_NSSO:
        raise ValueError(f"an NSSO number lies between {LEAST_NSSO} and {LAST_NSSO}")
    base, check = divmod(number, 100)
    right = {(96 - base * 100 % MODULUS) or MODULUS}
    if number <= LAST_LOCAL:
        right.add(base % MODULUS or MODULUS)
    if check not in right:
        raise ValueError("the check digits (the last two) do not fit the others: one is mistyped")
    return f"{number:010}"


_PARTS: Final = (slice(0, 2), slice(2, 4), slice(4, 6), slice(6, 9))


def _digits(text: str, count: int, what: str) -> str:
    digits = SEPARATORS.sub("", text)
    if not re.fullmatch(f"[0-9]{{{count}}}", digits):
        raise ValueError(f"{what} has {count} digits")
    return digits


def _fits(base: int, digits: str) -> bool:
    return int(digits[-2:]) == MODULUS - base % MODULUS


def _checked(digits: str) -> str:
    if not _fits(int(digits[:-2]), digits):
        raise ValueError("the check digits (the last two) do not fit the others: one is mistyped")
    return digits
