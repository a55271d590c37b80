"""What the sources say about their own members: the words beside an enumeration's member or under a model's field."""

import ast
import inspect
import textwrap
import tokenize
from functools import cache
from io import StringIO


@cache
def said(cls: type) -> dict[str, str]:
    """Member or field name to the sentence that the source has for it: a comment on its line, or a text below it."""
    text = textwrap.dedent(inspect.getsource(cls))
    comments = {
        token.start[0]: token.string.lstrip("# ")
        for token in tokenize.generate_tokens(StringIO(text).readline)
        if token.type == tokenize.COMMENT
    }
    body = ast.parse(text).body[0]
    assert isinstance(body, ast.ClassDef)
    found: dict[str, str] = {}
    for line, below in zip(body.body, [*body.body[1:], None], strict=True):
        target = (
            line.targets[0]
            if isinstance(line, ast.Assign)
            else line.target
            if isinstance(line, ast.AnnAssign)
            else None
        )
        if not isinstance(target, ast.Name):
            continue
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            found[target.id] = inspect.cleandoc(str(below.value.value)).replace("\n", " ")
        elif (line.end_lineno or line.lineno) in comments:
            found[target.id] = comments[line.end_lineno or line.lineno]
    return found
