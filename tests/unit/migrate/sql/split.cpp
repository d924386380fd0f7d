#include "support/catch.h"
#include "support/statements.h"
#include <string>
#include <vector>

using namespace fairlead;

namespace {

std::vector<std::string> texts(std::string_view sql) {
    const auto pieces = split_all(sql, "m.sql");
    if (!pieces.ok()) return {"error: " + pieces.error().message};
    std::vector<std::string> all;
    for (const auto& piece : pieces.value()) all.emplace_back(piece.text);
    return all;
}

using Texts = std::vector<std::string>;

}

TEST_CASE("statements end at a semicolon outside of quotes, comments, parentheses and bodies") {
    CHECK(texts("").empty());
    CHECK(texts(" ; -- nothing\n;/* */").empty());
    CHECK(texts("a; b ;c") == Texts{"a", "b", "c"});
    CHECK(texts("\xEF\xBB\xBF"
                "a;") == Texts{"a"});
    CHECK(texts("select ';', ''';', \";\"\";\"; b") == Texts{"select ';', ''';', \";\"\";\"", "b"});
    CHECK(texts("-- a;\nb; /* ; /* ; */ ; */ c /* ; */ d;") == Texts{"b", "c /* ; */ d"});
    CHECK(texts("create rule r as on delete to t do (a; b); c") ==
          Texts{"create rule r as on delete to t do (a; b)", "c"});
    CHECK(texts("a) ; b") == Texts{"a)", "b"});
}

TEST_CASE("a backslash escapes in E strings only, and those go on behind a newline") {
    CHECK(texts("select 'a\\'; b") == Texts{"select 'a\\'", "b"});
    CHECK(texts("select E'a\\';'; b") == Texts{"select E'a\\';'", "b"});
    CHECK(texts("select e'\\\\'; b") == Texts{"select e'\\\\'", "b"});
    CHECK(texts("select e'a'\n'b\\';'; b") == Texts{"select e'a'\n'b\\';'", "b"});
    CHECK(texts("select e'a' -- x\n 'b\\';'; b") == Texts{"select e'a' -- x\n 'b\\';'", "b"});
    CHECK(texts("select e'a' 'b\\'; b") == Texts{"select e'a' 'b\\'", "b"});
    CHECK(texts("select like'a\\'; b") == Texts{"select like'a\\'", "b"});
    CHECK(texts("select 1e'a\\'; b") == Texts{"select 1e'a\\'", "b"});
    CHECK(texts("select U&'\\0061;', U&\"d\\;\"; b") == Texts{"select U&'\\0061;', U&\"d\\;\"", "b"});
    CHECK(texts("select b'1;', x'f;', n';'; b") == Texts{"select b'1;', x'f;', n';'", "b"});
}

TEST_CASE("dollar quotes end with their own tag") {
    CHECK(texts("do $$ a; $b$ ; $$; b") == Texts{"do $$ a; $b$ ; $$", "b"});
    CHECK(texts("do $x$ a; $$ ; $X$ $x$; b") == Texts{"do $x$ a; $$ ; $X$ $x$", "b"});
    CHECK(texts("do $\xC3\xA4$;$\xC3\xA4$; b") == Texts{"do $\xC3\xA4$;$\xC3\xA4$", "b"});
    CHECK(texts("select a$b$; c$b$") == Texts{"select a$b$", "c$b$"});
    CHECK(texts("execute p($1); b") == Texts{"execute p($1)", "b"});
    CHECK(texts("select 1$a$;$a$") == Texts{"select 1$a$;$a$"});
}

TEST_CASE("a routine's body in SQL belongs to its statement") {
    const std::string body = "create function f(a int) returns int begin atomic select case when a > 1 then 2 end; "
                             "select 3; end";
    CHECK(texts(body + "; b") == Texts{body, "b"});
    const std::string nested = "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC insert into t values (case a when 1 then "
                               "case b when 2 then 3 end end); END";
    CHECK(texts(nested + ";b;") == Texts{nested, "b"});
    CHECK(texts("begin; update t set a = case when b then 1 end; end; c") ==
          Texts{"begin", "update t set a = case when b then 1 end", "end", "c"});
    CHECK(texts("create table begin_it (a int); b") == Texts{"create table begin_it (a int)", "b"});
}

TEST_CASE("the lines behind COPY … FROM stdin are its data") {
    const std::string sql = "a;\nCOPY t (a) FROM stdin WITH (FORMAT csv);\n1;'\n\\N\n\\.\nb;";
    const auto pieces = split_all(sql, "m.sql");
    REQUIRE(pieces.ok());
    REQUIRE(pieces.value().size() == 4);
    CHECK(pieces.value()[1].text == "COPY t (a) FROM stdin WITH (FORMAT csv)");
    CHECK(pieces.value()[1].line == 2);
    CHECK(pieces.value()[2].copy_data);
    CHECK(pieces.value()[2].text == "1;'\n\\N\n");
    CHECK(pieces.value()[2].line == 3);
    CHECK(pieces.value()[3].text == "b");
    CHECK(pieces.value()[3].line == 6);
    CHECK(texts("copy t from stdin;\r\n1\r\n\\.\r\nb") == Texts{"copy t from stdin", "1\r\n", "b"});
    CHECK(texts("copy t from stdin; -- data\n\\.\n") == Texts{"copy t from stdin", ""});
    CHECK(texts("copy t from 'stdin'; b") == Texts{"copy t from 'stdin'", "b"});
    CHECK(texts("copy t to stdout; b") == Texts{"copy t to stdout", "b"});
    CHECK(texts("insert into copy select * from stdin; b") == Texts{"insert into copy select * from stdin", "b"});
    CHECK(split_all("copy t from stdin; select 1;\n\\.", "m.sql").error().message.starts_with("after COPY"));
    for (const auto* cut :
         {"copy t from stdin;\n1\n2", "copy t from stdin;\n1\t19", "copy t from stdin;\n", "copy t from stdin;"}) {
        INFO(cut); // the rest may be lost
        CHECK(split_all(cut, "m.sql").error().message.starts_with("the data of COPY … FROM stdin isn't ended"));
    }
}

TEST_CASE("what is psql's own is refused with its line and the way out") {
    struct Case {
        std::string sql;
        int line;
        std::string says;
    };
    for (const auto& [sql, line, says] : {Case{"a;\n\\connect other\n", 2, "\\connect is a command of psql"},
                                          {"\\i schema.sql", 1, "write the statements of that file"},
                                          {"select 1 \\gexec", 1, "\\gexec"},
                                          {"\nselect :'name';", 2, "variable of psql"},
                                          {"select * from :table;", 1, "variable of psql"},
                                          {"a;\n\nselect 'b\n\n", 3, "' begins a quote"},
                                          {"select E'b\\'", 1, "E' begins a quote"},
                                          {"do $body$ begin", 1, "$body$ begins a quote"},
                                          {"a /* /* */", 1, "a comment begins here"},
                                          {std::string("a;\n\0", 4), 2, "a NUL byte"}}) {
        const auto pieces = split_all(sql, "m.sql");
        INFO(sql);
        REQUIRE_FALSE(pieces.ok());
        CHECK(pieces.error().kind == Kind::no);
        CHECK(pieces.error().place.file == "m.sql");
        CHECK(pieces.error().place.line == line);
        CHECK(pieces.error().message.find(says) != std::string::npos);
    }
    for (const std::string_view sql : {"select a::text;", "select a[1:n];", "select a[i:j::int]", "x := y",
                                       "select '\\d', ':a'", "select $$ \\d $$"}) {
        INFO(sql);
        CHECK(split_all(sql, "m.sql").ok());
    }
}

TEST_CASE("a piece knows the line of its first word") {
    const auto pieces = split_all("\n-- a\na\n\n;\n\n b; c", "m.sql");
    REQUIRE(pieces.ok());
    REQUIRE(pieces.value().size() == 3);
    CHECK(pieces.value()[0].line == 3);
    CHECK(pieces.value()[1].line == 7);
    CHECK(pieces.value()[2].line == 7);
    CHECK(pieces.value()[0].text == "a");
}
