"""Whether a condition can hold: its questions are answered in every possible way, and tried.

A question is what a condition asks and this module does not look into, such as
`study().exists_on(day)`. Comparisons are brought into one form, so that `a <= b` and `b >= a` are
one question, and `a > b` is its opposite.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, permutations, product
from typing import TypeAlias

MAX_QUESTIONS = 12
"""With more than so many, 4,096 ways to answer, a condition is not tried."""

_Answers: TypeAlias = Mapping[str, bool]

TRUE = ast.Constant(value=True)
"""The condition that always holds."""


def condition(text: str) -> ast.expr:
    """Read a checked expression as a condition."""
    return ast.parse(text, mode="eval").body


def outcomes(tried: ast.expr, unless: Sequence[ast.expr] = ()) -> frozenset[bool]:
    """Return the values that a condition can have where none of the others holds.

    Both when there are too many questions to try; none when one of the others always holds.
    """
    questions = dict(_questions(tried))
    for other in unless:
        questions |= dict(_questions(other))
    if len(questions) > MAX_QUESTIONS:
        return frozenset({True, False})
    return frozenset(
        _holds(tried, answers)
        for answers in _possible(questions)
        if not any(_holds(other, answers) for other in unless)
    )


def _possible(questions: Mapping[str, ast.expr]) -> Iterator[_Answers]:
    """Yield the ways to answer that do not contradict themselves."""
    implied = [
        (one, other)
        for one, other in permutations(questions, 2)
        if _implies(questions[one], questions[other])
    ]
    apart = [
        (one, other)
        for one, other in combinations(questions, 2)
        if _excludes(questions[one], questions[other])
    ]
    for values in product((True, False), repeat=len(questions)):
        answers = dict(zip(questions, values, strict=True))
        consistent = all(answers[other] for one, other in implied if answers[one])
        if consistent and not any(answers[one] and answers[other] for one, other in apart):
            yield answers


def _implies(one: ast.expr, other: ast.expr) -> bool:
    """Whether spells that are more closely described are also among those described less."""
    match one, other:
        case (
            ast.Call(
                func=ast.Attribute(value=ast.Call(func=kind, keywords=closely), attr=asked),
                args=[when],
            ),
            ast.Call(
                func=ast.Attribute(value=ast.Call(func=kind_, keywords=loosely), attr=asked_),
                args=[when_],
            ),
        ) if asked == asked_ and asked in {"exists_on", "exists_in"}:
            same = _same(kind, kind_) and _same(when, when_)
            return same and set(map(ast.unparse, loosely)) <= set(map(ast.unparse, closely))
        case _:
            return False


def _excludes(one: ast.expr, other: ast.expr) -> bool:
    """Whether two comparisons of the same values can't both hold."""
    match one, other:
        case ast.Compare(left=a, comparators=[b]), ast.Compare(left=c, comparators=[d]):
            return (_same(a, c) and _same(b, d)) or (_same(a, d) and _same(b, c))
        case _:
            return False


def _questions(node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.BoolOp(values=values):
            parts: Iterable[ast.expr] = values
        case ast.UnaryOp(operand=operand):
            parts = [operand]
        case ast.IfExp(test=test, body=body, orelse=orelse):
            parts = [test, body, orelse]
        case _:
            question, _ = _plain(node)
            if not isinstance(question, ast.Constant):
                yield ast.unparse(question), question
            return
    for part in parts:
        yield from _questions(part)


def _holds(node: ast.expr, answers: _Answers) -> bool:
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_holds(value, answers) for value in values)
        case ast.BoolOp(values=values):
            return any(_holds(value, answers) for value in values)
        case ast.UnaryOp(operand=operand):
            return not _holds(operand, answers)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _holds(body if _holds(test, answers) else orelse, answers)
        case _:
            question, positive = _plain(node)
            if isinstance(question, ast.Constant):
                return bool(question.value) == positive
            return answers[ast.unparse(question)] == positive


def _plain(node: ast.expr) -> tuple[ast.expr, bool]:
    """Return the question that a condition asks, and whether it holds when the answer is yes."""
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            match op:
                case ast.Gt():
                    return _compared(right, ast.Lt(), left), True
                case ast.GtE():
                    return _compared(left, ast.Lt(), right), False
                case ast.LtE():
                    return _compared(right, ast.Lt(), left), False
                case ast.NotEq():
                    return _compared(left, ast.Eq(), right), False
                case _:
                    return _compared(left, op, right), True
        case _:
            return node, True


def _compared(left: ast.expr, op: ast.cmpop, right: ast.expr) -> ast.expr:
    """Return a comparison, or its answer where that does not depend on anybody."""
    if isinstance(op, ast.Eq):
        left, right = sorted((left, right), key=ast.unparse)
    if _same(left, right):
        return ast.Constant(value=isinstance(op, ast.Eq))
    match op, left, right:
        case ast.Eq(), ast.Constant(), ast.Constant():
            return ast.Constant(value=False)
        case ast.Lt(), ast.Constant(value=int(one)), ast.Constant(value=int(other)):
            return ast.Constant(value=one < other)
        case _:
            return ast.Compare(left=left, ops=[op], comparators=[right])


def _same(one: ast.expr, other: ast.expr) -> bool:
    return ast.unparse(one) == ast.unparse(other)
