"""Which of the names that code binds are bare participles or pronouns."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_PARTICIPLES = """
    asked begun broken brought built caught chosen cited counted drawn ended fallen felt folded
    found given gone got heard held kept known laid led left lost made meant named paid said seen
    sent shown spent struck taken thrown told torn tried understood wanted won written
"""
_PRONOUNS = """
    all another both each either it its mine neither one ones other others own same some that
    theirs them these they this those what which who whom whose
"""
BARE = frozenset((_PARTICIPLES + _PRONOUNS).split())
"""Names that do not describe their value. Only whole names count (`found`, `_found`, `Found`)."""

_NOT_CHOSEN = ("self", "cls", "_", "__all__")


class Binding(NamedTuple):
    """A name and the line that binds it."""

    name: str
    line: int


def is_bare(name: str) -> bool:
    return name.strip("_").lower() in BARE


def bindings(tree: ast.AST) -> Iterator[Binding]:
    """Each name that code binds, each time: variables, parameters, attributes, functions, classes.

    Fields of a class are variables of its body.
    """
    for node in ast.walk(tree):
        match node:
            case (
                ast.Name(id=name, ctx=ast.Store())
                | ast.Attribute(attr=name, ctx=ast.Store())
                | ast.arg(arg=name)
                | ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
                | ast.ExceptHandler(name=str(name))
                | ast.MatchAs(name=str(name))
            ) if name not in _NOT_CHOSEN:
                yield Binding(name, node.lineno)


def bare_bindings(tree: ast.AST) -> Iterator[Binding]:
    """Each place where a bare name is bound."""
    return (binding for binding in bindings(tree) if is_bare(binding.name))


def bare_share(trees: Iterable[ast.AST]) -> tuple[float, Counter[str]]:
    """The share of bare names among all, and how often there is which."""
    names = [binding.name for tree in trees for binding in bindings(tree)]
    bare = Counter(name for name in names if is_bare(name))
    return (bare.total() / len(names) if names else 0.0), bare
