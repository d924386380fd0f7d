#include "read/env/env.h"
#include "support/catch.h"

using namespace fairlead::read;

namespace {

EnvFile read(std::string_view text, EnvDialect dialect) {
    return read_env(text, dialect, [](const std::string& name) {
        return name == "B" ? std::optional<std::string>("bee") : std::nullopt;
    });
}

constexpr const char* refused = "(refused)";
constexpr const char* absent = "(absent)";

// A of `text`, as the dialect's reader sees it.
std::string seen(std::string_view text, EnvDialect dialect) {
    const auto file = read(text, dialect);
    if (file.refused) return refused;
    const auto all = file.values();
    const auto found = all.find("A");
    return found == all.end() || !found->second ? absent : *found->second;
}

struct Row {
    const char* text;
    const char* compose;
    const char* docker;
    const char* systemd;
    const char* dotenv;
    const char* node;
    const char* shell;
};

// preflight.md 3.1; tests/cli/env_readers.py asks the real readers the same.
const Row rows[] = {
    {"A=b c", "b c", "b c", "b c", "b c", "b c", refused},
    {"A=\"b c\"", "b c", "\"b c\"", "b c", "b c", "b c", "b c"},
    {"A='b c'", "b c", "'b c'", "b c", "b c", "b c", "b c"},
    {"A=b # c", "b", "b # c", "b # c", "b", "b", "b"},
    {"A=b#c", "b#c", "b#c", "b#c", "b#c", "b", "b#c"},
    {"A=\"b\" # c", "b", "\"b\" # c", "b# c", "b", "b", "b"},
    {"A=\"b\"c", "b", "\"b\"c", "bc", absent, "\"b\"c", "bc"},
    {"A='a''b'", refused, "'a''b'", "ab", absent, "a''b", "ab"},
    {"A=a\"b\"c", "a\"b\"c", "a\"b\"c", "a\"b\"c", "a\"b\"c", "a\"b\"c", "abc"},
    {"A=$B", "bee", "$B", "$B", "$B", "$B", "bee"},
    {"A=\"$B\"", "bee", "\"$B\"", "$B", "$B", "$B", "bee"},
    {"A=${B}", "bee", "${B}", "${B}", "bee", "${B}", "bee"},
    {"A='${B}'", "${B}", "'${B}'", "${B}", "bee", "${B}", "${B}"},
    {"A=${NOPE:-x}", "x", "${NOPE:-x}", "${NOPE:-x}", "x", "${NOPE:-x}", "x"},
    {"A=a$$b", "a$b", "a$$b", "a$$b", "a$$b", "a$$b", "a$$b"},
    {"A=$2y$05$abc", "$2y$05", "$2y$05$abc", "$2y$05$abc", "$2y$05$abc", "$2y$05$abc", "y$05"},
    {"A=\"a\\$B\"", "a$B", "\"a\\$B\"", "a$B", "a\\$B", "a\\$B", "a$B"},
    {"A=\"a\\nb\"", "a\nb", "\"a\\nb\"", "a\\nb", "a\nb", "a\nb", "a\\nb"},
    {"A=\"a\\tb\"", "a\tb", "\"a\\tb\"", "a\\tb", "a\tb", "a\\tb", "a\\tb"},
    {"A=a\\nb", "a\\nb", "a\\nb", "anb", "a\\nb", "a\\nb", "anb"},
    {"A=\"a\\\"b\"", "a\"b", "\"a\\\"b\"", "a\"b", "a\"b", "a\\\"b", "a\"b"},
    {"export A=b", "b", refused, absent, "b", "b", "b"},
    {"exportA=b", absent, absent, absent, absent, absent, absent},
    {"A\n", absent, absent, absent, absent, absent, refused},
    {"A=", "", "", "", "", "", ""},
    {"A = b", "b", refused, "b", "b", "b", refused},
    {"A= b", "b", " b", "b", "b", "b", refused},
    {"A=b  ", "b", "b  ", "b", "b", "b", "b"},
    {"A: b", "b", refused, absent, absent, "b", refused},
    {"A=\"x\ny\"", "x\ny", "\"x", "x\ny", "x\ny", "x\ny", "x\ny"},
    {"A=b\\\nc", "b\\", "b\\", "bc", "b\\", "b\\", "bc"},
    {"A=\"b", refused, "\"b", "b", absent, "\"b", refused},
    {";A=b", refused, absent, absent, absent, absent, refused},
    {"A=b&c=d", "b&c=d", "b&c=d", "b&c=d", "b&c=d", "b&c=d", absent},
    {"A=b\r\n", "b", "b", "b", "b", "b", "b\r"},
    {"\xEF\xBB\xBF"
     "A=b",
     "b", "b", absent, "b", "b", refused},
    {"A=1\nA=2", "2", "2", "2", "2", "2", "2"},
};

}

TEST_CASE("each dialect reads the table of env files as its own reader does") {
    for (const auto& row : rows) {
        INFO(row.text);
        CHECK(seen(row.text, EnvDialect::compose) == row.compose);
        CHECK(seen(row.text, EnvDialect::docker) == row.docker);
        CHECK(seen(row.text, EnvDialect::systemd) == row.systemd);
        CHECK(seen(row.text, EnvDialect::dotenv) == row.dotenv);
        CHECK(seen(row.text, EnvDialect::node) == row.node);
        CHECK(seen(row.text, EnvDialect::shell) == row.shell);
    }
}

TEST_CASE("a name without a value is the caller's") {
    CHECK(*read("B\n", EnvDialect::compose).values().at("B") == "bee");
    CHECK(*read("B\n", EnvDialect::docker).values().at("B") == "bee");
    CHECK_FALSE(read("B\n", EnvDialect::dotenv).values().at("B"));
    CHECK(read("export B\n", EnvDialect::shell).values().at("B") == "bee");
}

TEST_CASE("an entry knows where it stands and how it is written") {
    const auto file = read("# c\n  export A = 'x\ny' # c\n", EnvDialect::dotenv);
    REQUIRE(file.entries.size() == 1);
    const auto& entry = file.entries[0];
    CHECK(entry.line == 2);
    CHECK(entry.column == 3);
    CHECK(entry.end_line == 3);
    CHECK(entry.raw == "'x\ny'");
    CHECK(entry.quote == EnvQuote::single_quotes);
    CHECK(entry.exported);
    CHECK(entry.has_equals);
    CHECK(entry.blank_before);
    CHECK(entry.blank_after);
    CHECK(entry.value_at.begin == 17);
    CHECK(entry.value_at.end == 22);
}

TEST_CASE("what can't be read is a problem with its place, and the rest is read") {
    const auto file = read("A=1\nC = \"x\nD=2\n", EnvDialect::dotenv);
    REQUIRE(file.problems.size() == 1);
    CHECK(file.problems[0].line == 2);
    CHECK(file.problems[0].column == 5);
    CHECK(file.values().size() == 2);
    const auto commands = read("A=1\nrun me\nD=2\n", EnvDialect::shell);
    CHECK(commands.refused);
    CHECK(commands.problems[0].line == 2);
    CHECK(commands.entries.back().name == "D");
}

TEST_CASE("expansion has an end") {
    std::string text = "A=" + std::string(1000, 'x') + "\n";
    for (char name = 'C'; name < 'N'; ++name) {
        text += name;
        text += "=\"";
        for (int i = 0; i < 9; ++i) text += std::string("${") + (name == 'C' ? 'A' : static_cast<char>(name - 1)) + "}";
        text += "\"\n";
    }
    for (const auto dialect : {EnvDialect::compose, EnvDialect::dotenv, EnvDialect::shell})
        CHECK(read(text, dialect).refused);
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += "${A:-";
    CHECK(read("A=" + deep, EnvDialect::compose).refused);
    CHECK(read("A=" + deep, EnvDialect::shell).refused);
    CHECK(read(std::string(env_limit + 1, 'A'), EnvDialect::node).refused);
}

TEST_CASE("a dialect has one name") {
    for (const auto& name : dialect_names()) CHECK(name_of(*dialect_named(name)) == name);
    CHECK_FALSE(dialect_named("bash"));
}
