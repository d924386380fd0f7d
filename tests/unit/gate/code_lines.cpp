#include "gate/code_lines.h"
#include "support/catch.h"

using namespace fairlead::gate;

TEST_CASE("a file of types, interfaces or prototypes only declares") {
    const auto [path, text] = GENERATE(table<std::string, std::string>({
        {"types.go", "package p\n\ntype X struct {\n\tA int\n\tf func(int) error\n}\n\nconst Max = 3\n"},
        {"I.java", "package p;\n\npublic interface I {\n  int f();\n}\n"},
        {"types.ts", "import { A } from './a';\nexport type X = {\n  a: A;\n};\n\n// why\nexport interface Y {\n  b: "
                     "() => void;\n}\n"},
        {"types.rs", "pub struct X {\n    pub a: i32,\n}\npub trait T {\n    fn f(&self);\n}\n"},
        {"I.php", "<?php\nnamespace P;\ninterface I\n{\n    public function f(): int;\n}\n"},
        {"Z.ts", "export default interface Z {\n  a: number;\n}\n"},
        {"index.ts", "export * from './a';\nexport { b } from './b';\n"},
        {"package-info.java", "/** why */\npackage a.b;\n"},
        {"module-info.java", "module a.b {\n    requires java.base;\n}\n"},
        {"macro.h", "#define LOG(x) do { \\\n  f(x); \\\n} while (0)\nint f(int x);\n"},
        {"paren.h", "#if defined(X)\n#define N (3)\nstruct s {\n  int a;\n};\n#endif\n"},
        {"aligned.hpp", "class alignas(8) s {\n  int a;\n};\nstruct __attribute__((packed)) t {\n  int a;\n};\n"},
        {"concept.hpp", "template <typename T> concept Q = requires(T t) { t.f(); };\nstruct S { int a; };\n"},
        {"api.h", "#pragma once\nnamespace a {\nstruct P { int x; };\nint f(int a);\n}\n"},
    }));
    INFO(path);
    CHECK(only_declares(path, text));
}

TEST_CASE("a file with a body or a statement doesn't only declare") {
    const auto [path, text] = GENERATE(table<std::string, std::string>({
        {"a.go", "package p\n\ntype X struct{}\n\nfunc (x X) F() int {\n\treturn 1\n}\n"},
        {"b.go", "package p\n\nfunc F(\n\ta int,\n) {\n\tprintln(a)\n}\n"},
        {"c.go", "package p\n\nvar f = func() int { return 1 }\n"},
        {"A.java", "package p;\ninterface I {\n  default int f() {\n    return 1;\n  }\n}\n"},
        {"E.java", "package p;\ninterface I {}\nenum E { A }\n"},
        {"a.ts", "export type X = string;\nexport const a = 1;\n"},
        {"b.ts", "import { run } from './run';\nrun();\n"},
        {"a.rs", "struct X;\nimpl X {\n    fn f(&self) -> i32 {\n        1\n    }\n}\n"},
        {"a.php", "<?php\nfunction f() { return 1; }\n"},
        {"P.php", "<?php\ninterface I {}\nclass P implements I { public function f(): int { return 1; } }\n"},
        {"a.h", "inline int f() {\n  return 1;\n}\n"},
        {"b.h", "struct A {\n  A() : a(1) {}\n  int a;\n};\n"},
        {"a.py", "class A:\n    pass\n"},
        {"a.js", "// nothing\n"},
    }));
    INFO(path << '\n' << text);
    CHECK_FALSE(only_declares(path, text));
}

TEST_CASE("in a header of C or C++ a prototype isn't code, and a call is") {
    for (const auto* line : {"int f(int a);", "std::vector<int> names(const char* of) const noexcept;", "#define A 1",
                             "int f(int a = 1) const;", "T(const T &) = delete;", "virtual int f() = 0;",
                             "using M = int;", "struct A {", "enum class E { a = 1 };", "public:"}) {
        INFO(line);
        CHECK_FALSE(is_code("a.h", line));
    }
    for (const auto* line : {"return f(a);", "f(a);", "int a = f(1);", "throw Error(a);", "int f() { return 1; }",
                             "struct item *next = list->head;"}) {
        INFO(line);
        CHECK(is_code("a.h", line));
    }
    CHECK(is_code("a.c", "int f(int a);"));
}

TEST_CASE("comments and brackets aren't code") {
    for (const auto* line : {"// a", "/* a", "*/", "* a", "});", "/* a */ // b"}) {
        INFO(line);
        CHECK_FALSE(is_code("a.js", line));
    }
    CHECK(is_code("a.js", "*/ f()"));
    CHECK(is_code("a.js", "* p = 1;"));
    CHECK_FALSE(is_code("a.go", ") {"));
    CHECK_FALSE(is_code("a.rb", "end"));
    CHECK(is_code("a.rb", "end_of(a)"));
    CHECK_FALSE(is_code("a.py", "# a"));
    CHECK(is_code("a.js", "#a = 1"));
}

TEST_CASE("a docstring of Python doesn't run, and a text that is used does") {
    const auto codes =
        code_lines("a.py", "\"\"\"A module.\n\nIt says\nmuch.\n\"\"\"\nX = 1\ndef f():\n    r\'\'\'One.\'\'\'\n    "
                           "return \"\"\"\n  text\"\"\"\n");
    CHECK(codes == std::vector<bool>{false, false, false, false, false, true, true, false, true, false, false});
    CHECK(code_lines("t.go", "package p\n\ntype T struct {\n\tA int\n}\n") == std::vector<bool>(6, false));
}

TEST_CASE("comments of several lines are no code") {
    using Lines = std::vector<bool>;
    CHECK(code_lines("a.rb", "=begin\nputs 1\n=end\nputs 2\n") == Lines{false, false, false, true, false});
    CHECK(code_lines("a.pl", "=head1 NAME\n\nprint 1;\n\n=cut\nprint 2;") ==
          Lines{false, false, false, false, false, true});
    CHECK(code_lines("a.js", "/*\n a();\n*/ b();\nc();") == Lines{false, false, true, true});
    CHECK(code_lines("a.js", "/* one */\na();\n/* two */ b();\n/*/\n c();\n*/") ==
          Lines{false, true, true, false, false, false});
    CHECK(code_lines("a.rb", "  =begin\nx = 1") == Lines{true, true}); // not at the line's start
    CHECK(code_lines("a.py", "x = 1\n/*\ny = 2") == Lines{true, true, true});
}

TEST_CASE("imports and the preprocessor's lines are no code") {
    using Lines = std::vector<bool>;
    CHECK(code_lines("a.c", "#include <a.h>\n#define A 1\nint a = A;") == Lines{false, false, true});
    CHECK(code_lines("A.java", "package a;\nimport b.C;\nint a = 1;") == Lines{false, false, true});
    CHECK(code_lines("a.rs", "use a::b;\npub use c;\nmod d;\nfn e() { f(); }") == Lines{false, false, false, true});
    CHECK(code_lines("a.php", "<?php\nnamespace A;\nuse B;\n$c = 1;") == Lines{false, false, false, true});
    CHECK(code_lines("a.js", "import a from 'a';\nawait import('b');\nimported();") == Lines{false, true, true});
    CHECK(code_lines("a.cs", "namespace A;\nusing (var b = c()) d();") == Lines{false, true});
    CHECK(code_lines("a.py", "import a\n") == Lines{true, false}); // coverage.py counts it
}

TEST_CASE("an import of several lines is no code in any of them") {
    using Lines = std::vector<bool>;
    const Lines four = {false, false, false, true};
    const auto [path, text] = GENERATE(table<std::string, std::string>({
        {"a.ts", "import {\n  a, // why (\n} from './a';\na();"},
        {"a.mjs", "import{\n  a,\n} from 'b {';\na();"},
        {"a.go", "import (\n\t\"fmt\"\n)\nvar a = f()"},
        {"a.rs", "use a::{\n    b, c,\n};\nfn f() { g(); }"},
        {"a.rs", "pub(crate) use\n    a::\n    b;\nfn f() { g(); }"},
        {"a.php", "use A\\{\n    B,\n};\nf();"},
        {"A.scala", "import a.{\n  b,\n}\nval c = f()"},
        {"a.pl", "use A qw(\n  b\n);\nf();"},
        {"a.c", "#define A(x) do { \\\n  f(x); \\\n} while (0)\nint a = f();"},
        {"a.dart", "import 'a.dart'\n    show A,\n        B;\nvar a = f();"},
        {"a.ex", "  alias A.{\n    B\n  }\nf()"},
        {"a.ex", "@spec f(\n  integer\n) :: atom\nf()"},
        {"a.ex", "@doc \"\"\"\nIt says `f()`.\n\"\"\"\nf()"},
        {"a.cs", "using A;\nglobal using static A.B;\nusing C = D.E<F>;\nusing var a = f();"},
        {"a.swift", "import A\n@testable import B\n// c\nlet a = f()"},
        {"a.ex", "import A\nalias B, as: C\n@max 5\n@max |> f()"},
    }));
    INFO(path << '\n' << text);
    CHECK(code_lines(path, text) == four);
}

TEST_CASE("what looks like an import runs, and what follows one does") {
    using Lines = std::vector<bool>;
    CHECK(code_lines("a.py", "from a import (\n    b,\n)\nb()") == Lines{true, false, false, true});
    CHECK(code_lines("a.js", "import a from 'b'\nimport('c').then((d) => {\n  e()\n})") ==
          Lines{false, true, true, false});
    CHECK(code_lines("a.js", "import 'a' /* { */\nb()") == Lines{false, true});
    CHECK(code_lines("a.php", "use A;\nf(function ()\nuse ($a) {\n g();\n});") ==
          Lines{false, true, true, true, false});
    CHECK(code_lines("a.rs", "mod a {\n  fn b() { f(); }\n}") == Lines{false, true, false});
    CHECK(code_lines("a.cs", "using var a = f();\nusing A b = c();\nusing (a) f();") == Lines{true, true, true});
    CHECK(code_lines("a.ex", "@a in list\n@a.b\n@a\n") == Lines{true, true, true, false});
}

TEST_CASE("of Python only the lines count where a statement begins") {
    using Lines = std::vector<bool>;
    CHECK(code_lines("a.py", "f(\n  a,  # (\n  ')',\n)\ng()") == Lines{true, false, false, false, true});
    CHECK(code_lines("a.py", "a = 1 + \\\n  2\nb = '''\nc()\n''' + d\ne()") ==
          Lines{true, false, true, false, false, true});
    CHECK(code_lines("a.py", "a = 'it\\'s ('\r\nb = \"'''\"\r\nc()\r\n") == Lines{true, true, true, false});
    CHECK(code_lines("a.py", "if TYPE_CHECKING:\n    import a\n\n    import b\nc()") ==
          Lines{false, false, false, false, true});
    CHECK(code_lines("a.py", "def a():  # pragma: no cover\n    b()\n\ndef c():\n    ...\n    global d\n    d()") ==
          Lines{false, false, false, true, false, false, true});
    CHECK(code_lines("a.py", "try:\n    a()\nfinally:  # b\n    c()") == Lines{true, true, false, true});
    CHECK(code_lines("a.py", ")\na()\n'") == Lines{false, true, false}); // no Python
}

TEST_CASE("data behind the end of a program and the value of a module are no code") {
    using Lines = std::vector<bool>;
    CHECK(code_lines("a.rb", "a\n__END__\nputs 1\n") == Lines{true, false, false, false});
    CHECK(code_lines("a.pm", "f();\n1;\n__DATA__\r\nx = 1;\n") == Lines{true, false, false, false, false});
    CHECK(code_lines("a.rb", "a\n__DATA__\nb") == Lines{true, true, true});
    CHECK(code_lines("a.py", "__END__\nb") == Lines{true, true});
}
