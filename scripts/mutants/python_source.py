"""The mutants of a Python file: made on its syntax tree, written over the text that they replace."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

from .mutant import Mutant

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.MatMult: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
NEGATIONS = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.In, ast.NotIn)  # whose mutant is the condition negated
LOGS = {"log", "logger", "warnings"}
TYPING = {"cast", "TypeVar", "NewType", "ParamSpec"}
# Keyword arguments that change only speed, waiting or what a debugger shows, or assert what holds anyway.
UNSEEN = {"batch_size", "chunk_size", "flush", "maxsize", "repr", "stacklevel", "strict", "timeout"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def mutants(source: bytes, file: str) -> Iterator[Mutant]:
    """Every mutant of one file, in the order of its text."""
    for place, replacement in _Walk(source).module():
        after = ast.unparse(replacement)
        start, end = place.span
        yield Mutant(
            file=file,
            scope=place.scope,
            line=place.node.lineno,
            lines=(place.node.lineno, place.node.end_lineno or place.node.lineno),
            statement=place.statement,
            start=start,
            end=end,
            before=ast.unparse(place.node),
            after=after,
            replacement=f"({after})" if isinstance(replacement, ast.expr) else after,
        )


@dataclass(frozen=True)
class Place:
    node: ast.expr | ast.stmt
    scope: str
    statement: tuple[int, int]
    span: tuple[int, int]


Found = tuple[Place, ast.expr | ast.stmt]


class _Walk:
    def __init__(self, source: bytes) -> None:
        self._tree = ast.parse(source)
        starts, at = [], 0
        for line in source.splitlines(keepends=True):
            starts.append(at)
            at += len(line)
        self._starts = starts

    def module(self) -> Iterator[Found]:
        yield from self._statements(self._tree.body, "")

    def _place(self, node: ast.expr | ast.stmt, scope: str, statement: ast.stmt) -> Place:
        assert node.end_lineno is not None and node.end_col_offset is not None
        start = self._starts[node.lineno - 1] + node.col_offset
        end = self._starts[node.end_lineno - 1] + node.end_col_offset
        return Place(node, scope, _head(statement), (start, end))

    def _statements(self, body: list[ast.stmt], scope: str) -> Iterator[Found]:
        for statement in body:
            if _is_left_alone(statement):
                continue
            for replacement in _instead_of(statement):
                yield self._place(statement, scope, statement), replacement
            inside = scope
            if isinstance(statement, Function | ast.ClassDef):
                inside = f"{scope}.{statement.name}".lstrip(".")
            if isinstance(statement, ast.If):
                yield from self._negated(statement.test, inside, statement)
            for expression in _expressions(statement):
                yield from self._expression(expression, inside, statement)
            for name in ("body", "orelse", "finalbody"):
                yield from self._statements(getattr(statement, name, []), inside)
            for part in [*getattr(statement, "handlers", []), *getattr(statement, "cases", [])]:
                yield from self._statements(part.body, inside)

    def _expression(self, node: ast.expr, scope: str, statement: ast.stmt) -> Iterator[Found]:
        for replacement in _mutated(node, at_top=not scope):
            yield self._place(node, scope, statement), replacement
        for generator in getattr(node, "generators", []):
            for condition in generator.ifs:
                yield from self._negated(condition, scope, statement)
        if isinstance(node, ast.IfExp):
            yield from self._negated(node.test, scope, statement)
        for child in _parts(node):
            yield from self._expression(child, scope, statement)

    def _negated(self, condition: ast.expr, scope: str, statement: ast.stmt) -> Iterator[Found]:
        if not _has_own_negation(condition):
            yield self._place(condition, scope, statement), ast.UnaryOp(ast.Not(), condition)


def _head(statement: ast.stmt) -> tuple[int, int]:
    """Its lines; of a compound statement those before its body."""
    body = getattr(statement, "body", None)
    last = max(statement.lineno, body[0].lineno - 1) if isinstance(body, list) and body else statement.end_lineno
    return statement.lineno, last or statement.lineno


def _is_left_alone(statement: ast.stmt) -> bool:
    match statement:
        case ast.Import() | ast.ImportFrom() | ast.Assert() | ast.Global() | ast.Nonlocal():
            return True
        case ast.Assign(targets=[ast.Name(id="__all__" | "__slots__")]):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Expr(value=ast.Call() as call):
            return _root(call.func) in LOGS
        case ast.Expr(value=ast.Constant()):
            return True
    return False


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _instead_of(statement: ast.stmt) -> Iterator[ast.stmt]:
    """What may stand in place of the whole statement."""
    match statement:
        case ast.Expr(value=ast.Call()) | ast.Raise() | ast.Continue() | ast.Break() | ast.AugAssign() | ast.Delete():
            yield ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield ast.Pass()
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield ast.Return(ast.Constant(None))


def _expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of the statement itself: none of its body, its decorators or its annotations."""
    if isinstance(statement, Function):
        yield from (value for value in [*statement.args.defaults, *statement.args.kw_defaults] if value)
    elif isinstance(statement, ast.If | ast.While):
        yield statement.test
    elif isinstance(statement, ast.For | ast.AsyncFor):
        yield statement.iter
    elif isinstance(statement, ast.With | ast.AsyncWith):
        yield from (item.context_expr for item in statement.items)
    elif isinstance(statement, ast.Match):
        yield statement.subject
        yield from (case.guard for case in statement.cases if case.guard)
    elif isinstance(statement, ast.AnnAssign):
        if statement.value:
            yield statement.value
    elif not isinstance(statement, ast.ClassDef | ast.Try):
        yield from (child for child in ast.iter_child_nodes(statement) if isinstance(child, ast.expr))


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.JoinedStr):  # before Python 3.12 the positions inside are wrong
        return
    if isinstance(node, ast.Call):
        yield node.func
        yield from node.args[1:] if _root(node.func) in TYPING else node.args
        yield from (keyword.value for keyword in node.keywords if keyword.arg not in UNSEEN)
        return
    if isinstance(node, ast.Lambda):
        yield node.body
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child
        elif isinstance(child, ast.comprehension):
            yield from (child.iter, *child.ifs)


def _mutated(node: ast.expr, *, at_top: bool) -> Iterator[ast.expr]:
    match node:
        case ast.Compare():
            for at, operator in enumerate(node.ops):
                changed = copy.deepcopy(node)
                changed.ops[at] = COMPARED[type(operator)]()
                yield changed
        case ast.BoolOp():
            yield ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
        case ast.BinOp() if type(node.op) in COMPUTED and not (at_top and isinstance(node.op, ast.BitOr)):
            if not _is_text(node.left) and not _is_text(node.right):
                yield ast.BinOp(node.left, COMPUTED[type(node.op)](), node.right)
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node.operand
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() as value):
            yield ast.Constant(value + 1)
        case ast.Constant(value=float() as value):
            yield ast.Constant(value * 2 if value else 1.0)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _has_own_negation(test: ast.expr) -> bool:
    """Whether one of the mutants of the condition is its negation already."""
    match test:
        case ast.UnaryOp(op=ast.Not()):
            return True
        case ast.Compare(ops=[operator]):
            return isinstance(operator, NEGATIONS)
    return False
