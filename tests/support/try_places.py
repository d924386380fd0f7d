#!/usr/bin/env python3
"""try_places.py FILE...: where TRY stands and may not. What it returns past is never destroyed: whatever was made before
it in its expression, in half-filled braces or among the other arguments. So it is a whole initialiser, a `return`, a
statement or a condition, and nothing is called before it. Prints FILE:LINE; status 1 when there is any."""
import re
import sys

REFUSED = ["f(a, TRY(b));", "g(TRY(x));", "T x(TRY(y));", "T x{TRY(y)};", "v = {a, TRY(b)};", "return {TRY(x)};",
           "return T{a, [&] { return 1; }(), TRY(b)};", "TRY(f(TRY(x)));", "auto x = f() + TRY(y);", "x = y[TRY(i)];",
           'auto x = "a"s + TRY(y);', "if (f() && TRY(x)) g();", "auto x = f() == a ? TRY(x) : b;", "return f(\n  TRY(x));",
           "while (f(TRY(x))) g();", "auto x = a < f(b) && TRY(y);"]
ALLOWED = ["auto x = TRY(y);", "auto x = TRY(y).z;", "return TRY(x);", "TRY(x);", "if (a) TRY(x); else TRY(y);", "x = -TRY(y).z;",
           "if (!TRY(x).good) f();", "while (TRY(x)) f();", "for (auto& x : TRY(y)) f();", "if (a.b && TRY(x)) f();",
           "f(a, [&] { return TRY(x); });", "TRY(f([&]() -> R { TRY(x); return {}; }));", "const auto& x = *TRY(y);",
           "for (T x; TRY(f(x));) g();", "if (f()) { TRY(x); }", "if (f()) return a || TRY(x);", "// f(TRY(x))",
           'f("g(TRY(x))");', "auto f = [a = b()] { return TRY(x); };", "for (f(); a;) TRY(x);", "struct T { R f() { return TRY(x); } };"]

TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|^[ \t]*#(?:[^\n]*\\\n)*[^\n]*|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|'
                   r"(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'|\b(?:TRY|TRY_VOID)\b|\w+|[=!<>]=|\S", re.S | re.M)
CONTROL = {"if", "while", "for", "switch", "constexpr"}


class Bracket:
    def __init__(self, opening, control):
        self.opening, self.control = opening, control
        self.made = False  # whether something before here, in the same expression, may want to be destroyed
        self.statements = False  # a `;` stands in it: these braces are a body
        self.places = []  # of TRYs right in it


def places(text):
    """The lines with a TRY that is refused."""
    refused, stack, before = [], [Bracket("{", False)], ""
    stack[0].statements = True
    for match in TOKEN.finditer(text):
        token = match.group()
        if token.startswith(("//", "/*", "#")) or token.lstrip().startswith("#"):
            continue
        here, line = stack[-1], text.count("\n", 0, match.start()) + 1
        if token in ("TRY", "TRY_VOID"):
            inner = here.opening == "[" or (here.opening == "(" and not here.control)
            if inner or here.made:
                refused.append(line)
            else:
                here.places.append(line)
        elif token in "([{":
            stack.append(Bracket(token, token == "(" and before in CONTROL))
        elif token in ")]}" and len(stack) > 1:
            closed = stack.pop()
            here = stack[-1]
            if token == "}" and not closed.statements:
                refused += closed.places
            body = token == "}" and closed.statements
            here.made = not body and not (token == ")" and closed.control) and (here.made or token != "]")
        elif token == ";":
            here.made, here.statements = False, True
        elif token in ("=", "return", "else") or (token == ":" and here.control):
            here.made = False
            here.statements = here.statements or token == "return"
        elif token in CONTROL:
            here.statements = True
        elif token.startswith(('"', 'R"')):
            here.made = True
        before = token
    return sorted(set(refused))


def main():
    wrong = [text for text in REFUSED if not places("void h() {" + text + "}")]
    wrong += [text for text in ALLOWED if places("R h() {" + text + "}")]
    for text in wrong:
        print(f"try_places.py judges this wrong: {text}")
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            for line in places(file.read()):
                wrong.append(path)
                print(f"{path}:{line}: TRY within a call or braces, or behind a call: give the value a name first")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
