"""A regulation file that is wrong is refused with file, line, column and what would be right."""

from pathlib import Path

import pytest

from ledger.service import rulebook
from tests.regulations.mistakes import RIGHT, findings, place, spoiled

SHARED = "shared: {pot: {each: once, counts: quantity, at-most: full_time, else: it is empty, source: article 3}}\nportability:"

MISTAKES = [
    # what stands there, what is written instead, where it is said, what is said
    ("unit: hour\nfunder", "unit: USD\nfunder", "USD", "'USD' is not one of hour, EUR, SGD, GBP"),
    ("unit: hour\nfunder", "unit: hour\nmoney: hour\nfunder", "hour\nfunder", "'hour' is not one of EUR, SGD, GBP"),
    ("unit: hour\nfunder", "unit: SGD\nmoney: GBP\nfunder", "GBP", "prices are in the scheme's own unit; leave 'money' out"),
    ("unit: hour\nfunder", "unit: hour\nmoney: GBP\nlearner-pays: full_time\nfunder", "full_time\nfunder", "this is a minute; a gbp-penny is needed"),
    ("give: 1 hour", "give: 1 GBP", "1 GBP", "this is in gbp-pennies; minutes are needed"),
    ("rounding: nearest minute\n  due", "rounding: up gbp-penny\n  due", "up gbp-penny", "can't be rounded to a gbp-penny; write 'up minute'"),
    ("funder: test", "founder: test", "founder", "unknown key 'founder'; did you mean 'funder'?"),
    ("funder: test\n", "", "scheme:", "'funder' is missing"),
    ("unit: hour\nfunder", "unit: hours\nfunder", "hours", "did you mean 'hour'?"),
    ("funder: test", "funder: test\nfunder: twice", "funder: twice", "'funder' is here twice"),
    ("  source: article 1\n", "", "of: calendar-year", "'source' is missing"),
    ("source: article 1", "source:", "\nuse:", "a value is needed here"),
    ("2022-01-01: second decree", "2023-01-01: x", "2022-01-01: 120", "has no source"),
    ("2022-01-01: second decree", "2022-01-01: x, 2023-01-01: y", "{2020-01-01: first decree", "no value from that day"),
    ("{2020-01-01: 100, 2022-01-01: 120}", "{2022-01-01: 120, 2020-01-01: 100}", "2020-01-01: 100", "from early to late"),
    ("2022-01-01: 120}", "2020-01-01: 120}", "2020-01-01: 120", "'2020-01-01' is here twice"),
    ("values: {2020-01-01: 50 %}", "values: {2021-01-01: 50 %}", "share >= half", "half has no value before 2021-01-01, and is read from 2020-01-01 on"),
    ("2020-01-01: 100,", "2020-02-30: 100,", "2020-02-30", "is no date; write one as 2021-09-01"),
    ("2020-01-01: 100,", "20200101: 100,", "20200101", "is no date; write one as 2021-09-01"),
    ("2022-01-01: 120}", "2022-01-01: 99999999999999999999}", "99999999999999999999", "write a number"),
    ("2022-01-01: 120}", "2022-01-01: 1/7}", "1/7", "not a whole number of minutes"),
    ("2022-01-01: 120}", "2022-01-01: 1/0}", "1/0", "write a number"),
    ("2022-01-01: 120}", "2022-01-01: -5}", "-5", "write a number"),
    ("  half:", "  day:", "day:", "means something already"),
    ("  half:", "  __builtins__:", "__builtins__", "can't be a name"),
    ("  half:", "  full_time:", "full_time:\n", "'full_time' is here twice"),
    ("valid: {from: 2020-01-01}\n  let", "valid: {from: 2020-01-01, until: 2019-01-01}\n  let", "2019-01-01", "'until' 2019-01-01 must come after 'from' 2020-01-01"),
    ("valid: {from: 2020-01-01}\n  let", "valid: {from: 2020-03-01}\n  let", "{from: 2020-03-01", "a calendar-year begins on 2020-01-01"),
    ("of: calendar-year", "of: calender-year", "calender-year", "did you mean 'calendar-year'?"),
    ("    share: work", "    half: work", "half: work", "names something else here"),
    ("    share: work", "    in-year: work", "in-year", "can't be a name"),
    ("share >= half", "shares >= half", "shares >= half", "unknown name 'shares'; did you mean 'share'?"),
    ("share >= half", "share >= full_time", "share >= full_time", "a number can't be compared with a minute"),
    ("share >= half", "share", "share\n  amount", "a bool is needed"),
    ("full_time * share", "full_time + share", "full_time + share", "minute + number has no meaning; units never mix"),
    ("full_time * share", "share * half", "share * half", "this is a number; a minute is needed"),
    ("full_time * share", "full_time / share", "share\n  rounding", "divide by a whole number above 0, written out"),
    ("sector='private'", "sector='privat'", "'privat'", "sector is one of private, public"),
    ("sector='private'", "sectr='private'", "employment(sectr", "did you mean 'sector'?"),
    ("work.share_in(period)", "work.shares_in(period)", "work.shares_in", "did you mean 'share_in'?"),
    ("employment(sector='private', place='be-vlg')", "employement(place='be-vlg')", "employement", "did you mean 'employment'?"),
    ("rounding: nearest minute\n  due", "rounding: nearest\n  due", "nearest\n  due", "name the rounding"),
    ("rounding: nearest minute\n  due", "rounding: nearest cent\n  due", "nearest cent", "can't be rounded to a cent"),
    ("due: period start", "due: 31 june after the period", "31 june", "not every year has a 31 june"),
    ("due: period start", "due: some day", "some day", "write 'period start'"),
    ("term: period", "term: until 2019-13-01", "until 2019-13-01", "is no date"),
    ("term: period", "term: until 2024-01-01", "until 2024-01-01", "the period from 2024-01-01 is due on 2024-01-01, when this term is over"),
    ("due: period start\n  term: period", "due: 15 june after the period\n  term: until 2024-06-16", "until 2024-06-16", "the period from 2024-01-01 is due on 2025-06-15"),
    ("of: calendar-year", "of: top-up", "of: top-up", "'bucket' is missing: the kind of top-up"),
    ("of: calendar-year", "bucket: gift\n  of: top-up\n  balance-at-most: half", "half\n  valid", "does not count for a ceiling"),
    ("of: calendar-year\n", "bucket: ordinary\n  of: calendar-year\n", "ordinary", "'ordinary' are the lots without a bucket"),
    ("  due: period start\n  term: period\n  source: article 1\nuse", "  due: period start\n  term: open\n  source: article 1\n- of: top-up\n  bucket: gift\n  valid: {from: 2020-01-01}\n  who: {}\n  amount: topped_up\n  rounding: nearest minute\n  due: period start\n  term: 3 months\n  source: article 1\nuse", "3 months", "a top-up lasts until its funder's deadline"),
    ("  source: article 1\nuse", "  source: article 1\n- of: top-up\n  bucket: gift\n  valid: {from: 2020-01-01}\n  who: {}\n  amount: topped_up\n  rounding: nearest minute\n  due: 15 june after the period\n  term: period\n  source: article 1\nuse", "15 june", "a top-up is due at 'period start'"),
    ("  amount: full_time * share", "  amount: topped_up", "topped_up", "unknown name 'topped_up'"),
    ("portability:", "order: [gift]\nportability:", "gift", "'gift' is not one of ordinary"),
    ("portability:", "order: [ordinary, ordinary]\nportability:", "ordinary]", "'ordinary' is here twice"),
    ("portability:", "order: {values: {}, source: x}\nportability:", "{}, source", "at least one order is needed"),
    ("portability:", "order: {values: {2020-01-01: [ordinary]}}\nportability:", "{values: {2020-01-01: [ord", "'source' is missing"),
    ("portability:", "order: {values: {2021-01-01: [], 2020-01-01: []}, source: x}\nportability:", "2020-01-01: []", "from early to late"),
    ("portability:", "order: {values: {2021-01-01: []}, source: {2020-01-01: x}}\nportability:", "2021-01-01: []", "has no source"),
    ("then: open", "then: opne", "opne", "did you mean 'open'?"),
    ("then: open", "then: convert", "if: employment()", "'convert: {...}' go together"),
    ("conversions:", "at-end: {to: test/leave, give: 1 hour, get: 1 hour, rounding: nearest minute, source: x}\nconversions:", "{to: test/leave", "convert in a circle: test/leave -> test/leave"),
    ("- then: keep\n  because: not employed", "- if: study().exists_on(day)\n  then: keep\n  because: not employed", "if: study()", "it is for everybody else"),
    ("  due: period start\n  term: period\n  source: article 1\nuse:\n  in-time:\n    if: day <= months_after(course_starts, 2)\n    else: too late\nportability:\n- if: employment().exists_on(day)\n  then: open", "  due: period start\n  term: period\n  balance-at-most: full_time\n  source: article 1\nportability:\n- if: employment().exists_on(day)\n  then: lapse", "- if: employment()", "can't end rights under 'balance-at-most'"),
    ("to: test/leave", "to: test/leaf", "test/leaf", "did you mean 'test/leave'?"),
    ("funder: test", "funder: test\nholder: company", "company", "'company' is not one of person, enterprise"),
    ("share >= half", "enterprise(size='small').exists_in(period)", "enterprise(size", "enterprise is not told of a person, which holds these rights"),
    ("share >= half", "enterprise(size='tiny').exists_in(period)", "'tiny'", "size is one of small, medium, large"),
    ("give: 1 hour", "give: 1 EUR", "1 EUR", "this is in cents; minutes are needed"),
    ("give: 1 hour", "give: 0 hour", "0 hour", "above 0"),
    ("else: too late", "else: [too, late]", "[too, late]", "a value is needed here"),
    ("name: {nl", "name: {[nl]", "[nl]", "a value is needed here"),
    ("- if: employment().exists_on(day)\n  then: open\n  because: employed\n- then: keep\n  because: not employed", "  if: all", "if: all", "a list is needed here"),
    ("scheme: test/leave", "scheme: [test]", "[test]", "a value is needed here"),
    ("unit: hour\nfunder", "unit: {a: b\nfunder", ": test\nsource", "not YAML"),
    ("funder: test", "funder: *nobody", "*nobody", "not YAML: found undefined alias"),
    ("funder: test", "funder: &it [*it]", "*it", "*it stands within itself"),
    ("portability:", SHARED.replace("each: once", "each: onse"), "onse", "did you mean 'once'?"),
    ("portability:", SHARED.replace("each: once", "each: round"), "round, counts", "'each: round' and 'rounds: [DATE, ...]' go together"),
    ("portability:", SHARED.replace("each: once", "each: once, rounds: [2020-01-01]"), "[2020-01-01], counts", "'each: round' and 'rounds: [DATE, ...]' go together"),
    ("portability:", SHARED.replace("each: once", "each: round, rounds: []"), "[], counts", "a request of 2020-01-01 would be in no round"),
    ("portability:", SHARED.replace("each: once", "each: round, rounds: [2020-01-02]"), "[2020-01-02]", "a request of 2020-01-01 would be in no round"),
    ("portability:", SHARED.replace("each: once", "each: round, rounds: [2020-01-01, 2020-01-01]"), "2020-01-01], counts", "rounds go from early to late"),
    ("portability:", SHARED.replace("each: once", "each: round, rounds: [2020-01-01, 2021-01-01], valid: {from: 2020-01-01, until: 2021-01-01}"), "2021-01-01], valid", "no request of 2021-01-01 is for this limit"),
    ("portability:", SHARED.replace("each: once", "each: round, rounds: [2020-01-01, 2020-13-01]"), "2020-13-01", "is no date"),
    ("portability:", SHARED.replace("counts: quantity", "counts: hours"), "hours", "'hours' is not one of quantity, requests, people"),
    ("portability:", SHARED.replace("counts: quantity", "counts: requests"), "full_time, else", "this is a minute; a number is needed"),
    ("portability:", SHARED.replace("at-most: full_time", "at-most: half"), "half, else", "this is a number; a minute is needed"),
    ("portability:", SHARED.replace("at-most: full_time", "at-most: quantity"), "quantity, else", "unknown name 'quantity'"),
    ("portability:", SHARED.replace("each: once", "each: once, valid: {from: 2019-01-01}"), "full_time, else", "full_time has no value before 2020-01-01, and is read from 2019-01-01 on"),
    ("portability:", SHARED.replace("each: once", "per: programme, each: once"), "programme", "'programme' is not one of everybody, course, provider"),
    ("portability:", SHARED.replace(", source: article 3", ""), "{each: once", "'source' is missing"),
    ("portability:", SHARED.replace("pot:", "a/pot:"), "a/pot", "'a/pot' can't be a name"),
]  # fmt: skip

GROWING = """\
  due: period start
  term: open
  source: article 1
- of: change
  in: full-time
  bucket: growth
  valid: {from: 2020-01-01}
  who: {}
  amount: balance * growth
  rounding: nearest minute
  due: period start
  term: open
  source: article 1
use"""
PERIOD = "  due: period start\n  term: period\n  source: article 1\nuse"
GROWN = spoiled(PERIOD, GROWING)


@pytest.mark.parametrize(
    ("right", "wrong", "where", "says"),
    [
        ("  in: full-time\n", "", "of: change", "'of: change' and 'in: NUMBER' go together"),
        ("of: calendar-year", "in: half\n  of: calendar-year", "half\n  of", "go together"),
        ("in: full-time", "in: full-tyme", "full-tyme", "did you mean 'full-time'?"),
        ("2022-01-01: 120}", "2022-01-01: 99}", "full-time\n  bucket", "full_time falls, or was 0, on 2022-01-01"),
        ("{2020-01-01: 100,", "{2020-01-01: 0,", "full-time\n  bucket", "what is left can't be made less"),
        ("  bucket: growth\n", "", "of: change", "'bucket' is missing: what is added at a change"),
        ("start\n  term: open\n  source: article 1\nuse", "start\n  term: period\n  source: article 1\nuse", "period\n  source: article 1\nuse", "write 'open' or 'until 2030-01-01'"),
        ("start\n  term: open\n  source: article 1\nuse", "start\n  term: until 2030-01-01\n  source: article 1\nuse", "of: calendar-year", "end them together"),
        ("minute\n  due: period start\n  term: open\n  source: article 1\nuse", "minute\n  due: first eligible day\n  term: open\n  source: article 1\nuse", "first eligible day", "write 'period start': the day of the change"),
        ("balance * growth", "balance * full_time", "balance * full_time", "units never mix"),
        ("amount: full_time * share", "amount: full_time * growth", "growth\n", "unknown name 'growth'"),
        ("then: open", "then: lapse", "- if: employment()", "can't end rights under 'balance-at-most' or 'of: change'"),
    ],
)  # fmt: skip
def test_a_mistake_in_what_grows_is_refused_where_it_stands(
    tmp_path: Path, right: str, wrong: str, where: str, says: str
) -> None:
    assert findings(tmp_path, GROWN) == []
    assert GROWN.count(right) == 1, right
    text = GROWN.replace(right, wrong)
    (said,) = (each for each in findings(tmp_path, text) if says in each.message)
    assert (said.line, said.column) == place(text, where), str(said)


HELD = "funder: test\nholder: enterprise"


def test_the_right_one_is_right(tmp_path: Path) -> None:
    assert findings(tmp_path, RIGHT) == []
    assert findings(tmp_path, spoiled("portability:", SHARED)) == []


@pytest.mark.parametrize(("right", "wrong", "where", "says"), MISTAKES)
def test_a_mistake_is_refused_where_it_stands(
    tmp_path: Path, right: str, wrong: str, where: str, says: str
) -> None:
    text = spoiled(right, wrong)
    found = findings(tmp_path, text)
    assert any(says in each.message for each in found), found
    (said,) = [each for each in found if says in each.message]
    assert said.file == "regulations/leave.yaml"
    assert (said.line, said.column) == place(text, where), str(said)


HOSTILE = {
    "attribute access": "share.numerator",
    "a method of a text": "'a'.join('b')",
    "a way to Python's insides": "().__class__",
    "lambda": "(lambda: share)()",
    "comprehension": "[x for x in share]",
    "generator": "max(x for x in share)",
    "power": "9 ** 9 ** 9",
    "a text many times": "'a' * 999999999",
    "shift": "1 << 999999999",
    "remainder": "7 % 2",
    "an import": "__import__('os')",
    "eval": "eval('1')",
    "f-string": "f'{share}'",
    "assignment": "(x := 1)",
    "subscript": "work[0]",
    "float": "0.5 * full_time",
    "a huge number": "9" * 5000,
    "a big number": "9" * 20,
    "no end of parentheses": "(" * 400,
    "very deep": "not " * 100 + "True",
    "a repeated keyword": "employment(place='a', place='b').share_in(period)",
    "spread": "employment(**period)",
    "star": "max(*period)",
    "one value": "max(share)",
    "spells compared": "max(work, work)",
    "await": "await share",
    "bytes": "b'a'",
    "None": "None",
    "a null byte": "share\\0",
    "text": "share share",
}


@pytest.mark.parametrize("expression", HOSTILE.values(), ids=HOSTILE.keys())
def test_an_expression_outside_the_language_is_refused(tmp_path: Path, expression: str) -> None:
    quoted = expression.replace('"', "'")
    found = findings(tmp_path, spoiled("full_time * share", f'"{quoted}"'))
    (said,) = found
    assert said.line == place(RIGHT, "amount:")[0], str(said)


def test_two_blocks_may_not_hold_for_the_same_period(tmp_path: Path) -> None:
    block = RIGHT[RIGHT.index("- of: cal") : RIGHT.index("use:")]
    again = block.replace("{from: 2020-01-01}", "{from: 2021-01-01}")
    (said,) = findings(tmp_path, RIGHT.replace(block, block + again))
    assert "overlaps the block from 2020-01-01; end the earlier one" in said.message
    assert said.line == place(RIGHT, "use:")[0]


def test_a_scheme_asks_only_what_is_told_of_its_holder(tmp_path: Path) -> None:
    text = spoiled("funder: test", HELD)
    found = {(each.line, each.message.partition(";")[0]) for each in findings(tmp_path, text)}
    says = "employment is not told of an enterprise, which holds these rights"
    lines = (place(text, "employment(sector")[0], place(text, "employment().exists_on")[0])
    assert found >= {(line, says) for line in lines}


def test_no_right_moves_to_another_kind_of_holder(tmp_path: Path) -> None:
    assert findings(tmp_path, RIGHT) == []
    folder = tmp_path / "regulations"
    wallet = RIGHT.replace("test/leave", "test/wallet").replace("funder: test", HELD)
    wallet = wallet.replace("employment(sector='private', place='be-vlg')", "enterprise()")
    wallet = wallet.replace("if: employment()", "if: enterprise()")
    (folder / "wallet.yaml").write_text(wallet.replace("to: test/wallet", "to: test/leave"))
    (said,) = rulebook.check(folder)
    assert said.message == (
        "test/leave is not held by an enterprise, as these rights are: no right moves to another"
        " holder"
    )


def test_every_mistake_of_a_file_is_said_at_once(tmp_path: Path) -> None:
    text = spoiled("share >= half", "shares >= half").replace("then: open", "then: opne")
    assert len(findings(tmp_path, text)) == 2
    assert len(findings(tmp_path, text.replace("portability:", SHARED))) == 2


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "the file is empty"),
        (b"scheme: \xff\xfe", "not UTF-8"),
        (b"scheme: a\x00b", "not YAML"),
        (b"3", "a mapping is needed here"),
        (b"[" * 5000, "nested more than 20 deep"),
        (b"a: &a [x, x, x, x, x, x, x, x, x, x]\n" + b"".join(
            f"{n}: &{n} [{', '.join(['*' + chr(ord(n) - 1)] * 10)}]\n".encode() for n in "bcdefghi"
        ), "more than 20000 values, aliases unfolded"),
        (b"x" * 300_000, "a file has at most"),
    ],
    ids=["empty", "not UTF-8", "null byte", "no mapping", "deep", "billion laughs", "large"],
)  # fmt: skip
def test_what_no_person_would_write_is_refused(tmp_path: Path, data: bytes, says: str) -> None:
    (said,) = findings(tmp_path, data)
    assert says in said.message


def test_a_scheme_has_one_file_and_a_provider_one_entry(tmp_path: Path) -> None:
    assert findings(tmp_path, RIGHT) == []
    folder = tmp_path / "regulations"
    (folder / "other.yaml").write_text(RIGHT)
    provider = "{id: cvo, name: CVO, recognised: {test/leave: [{from: 2020-01-01}]}}"
    stranger = provider.replace("test/leave", "test/leaf").replace("id: cvo", "id: other")
    (folder / "providers.yaml").write_text(f"providers: [{provider}, {provider}, {stranger}]")
    messages = [str(each) for each in rulebook.check(folder)]
    assert messages == [
        "regulations/other.yaml:1:9: another file is about 'test/leave'; one file is one scheme",
        "regulations/providers.yaml:1:88: 'cvo' is in this register already",
        "regulations/providers.yaml:1:189: there is no scheme 'test/leaf'; did you mean 'test/leave'?",
    ]
