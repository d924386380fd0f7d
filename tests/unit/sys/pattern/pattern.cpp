#include "sys/pattern/pattern.h"
#include "support/catch.h"
#include <algorithm>
#include <ctime>
#include <thread>
#include <tuple>

using namespace fairlead;
using namespace fairlead::sys;

namespace {

Pattern pattern(std::string_view expression) {
    auto result = Pattern::compile(expression);
    INFO((result.ok() ? "" : result.error().message));
    REQUIRE(result.ok());
    return std::move(result).value();
}

std::string found(std::string_view expression, std::string_view text, std::size_t group = 0) {
    std::vector<std::string_view> groups;
    if (!pattern(expression).search(text, 0, groups)) return "(none)";
    REQUIRE(groups.size() > group);
    return std::string(groups[group]);
}

ScriptPattern script(std::string_view expression, std::string_view flags = "") {
    auto result = ScriptPattern::compile(expression, flags);
    INFO((result.ok() ? "" : result.error().message));
    REQUIRE(result.ok());
    return std::move(result).value();
}

std::string script_found(std::string_view expression, std::string_view flags, std::string_view text) {
    auto result = script(expression, flags).search(text);
    if (!result.ok()) return "(error)";
    return result.value() ? result.value()->at(0).value() : "(none)";
}

double cpu_seconds(const auto& act) {
    const std::clock_t start = std::clock();
    act();
    return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

using Hits = std::vector<std::pair<std::uint32_t, std::uint64_t>>;
Hits hits_of(const std::vector<std::string>& literals, std::string_view text) {
    auto set = LiteralSet::compile(literals);
    REQUIRE(set.ok());
    std::vector<LiteralSet::Hit> hits;
    set->scan(text, hits);
    Hits result;
    for (const auto& hit : hits) result.emplace_back(hit.literal, hit.end);
    std::sort(result.begin(), result.end());
    return result;
}

}

TEST_CASE("a pattern finds the leftmost match and its groups") {
    CHECK(found("b+", "abbb") == "bbb");
    CHECK(found("(?i)v(\\d+)", "see V12", 1) == "12");
    CHECK(found("x", "abc") == "(none)");
    CHECK(pattern("(a)(b)?").group_count() == 2);
    std::vector<std::string_view> groups;
    REQUIRE(pattern("(a)(b)?").search("za", 0, groups));
    CHECK(groups[1].data() != nullptr);
    CHECK(groups[2].data() == nullptr);
}

TEST_CASE("a byte that is no UTF-8 is a character where bytes are asked for") {
    CHECK_FALSE(pattern("\\Wcat").matches("\x93"
                                          "cat"));
    const auto of_bytes = Pattern::compile("\\Wcat", Characters::bytes);
    REQUIRE(of_bytes.ok());
    CHECK(of_bytes->matches("\x93"
                            "cat"));
    CHECK(of_bytes->matches("\xe2\x80\x9c"
                            "cat"));
}

TEST_CASE("a search starts where it is told and still sees what stands before") {
    std::vector<std::string_view> groups;
    const Pattern word = pattern("\\bcat");
    const std::string_view text = "cat concat cat";
    REQUIRE(word.search(text, 1, groups));
    CHECK(groups[0].data() == text.data() + 11);
    CHECK_FALSE(word.search("concat", 3, groups));
    CHECK_FALSE(word.search("cat", 4, groups));
    CHECK(word.matches("a cat"));
    CHECK_FALSE(word.matches("dog"));
}

TEST_CASE("both spellings of named groups are accepted, and look-alikes left alone") {
    CHECK(found("(?<name>a)", "a", 1) == "a");
    CHECK(found("(?P<name>a)", "a", 1) == "a");
    CHECK(found("\\(?<name>", "<name>") == "<name>");
    CHECK(found("[(?<x>]+", "?<x>") == "?<x>");
    CHECK(found("[](?<x>]+", "](?<x>") == "](?<x>");
    CHECK(found("\\Q(?<x>\\E(?<y>z)", "(?<x>z", 1) == "z");
}

TEST_CASE("a wrong pattern is a usage error with the reason") {
    for (const char* wrong : {"(", "a**b", "(?<=a)b", "(?<!a)b", "\\1", "a{2000}"}) {
        auto result = Pattern::compile(wrong);
        INFO(wrong);
        REQUIRE_FALSE(result.ok());
        CHECK(result.error().kind == Kind::usage);
        CHECK(result.error().message.find(wrong) != std::string::npos);
    }
}

TEST_CASE("a script pattern follows JavaScript") {
    CHECK(script_found("(?<=v)\\d+", "", "v12") == "12");
    CHECK(script_found("(a)\\1", "", "xaa") == "aa");
    CHECK(script_found("\\u00e9", "", "caf\u00e9") == "\u00e9");
    CHECK(script_found("\\u{1F600}", "u", "\U0001F600") == "\U0001F600");
    CHECK(script_found("A", "i", "a") == "a");
    CHECK(script_found("^b$", "m", "a\nb") == "b");
    CHECK(script_found("a.b", "s", "a\nb") == "a\nb");
    CHECK(script_found("a.b", "", "a\nb") == "(none)");
    CHECK(script_found("b", "y", "ab") == "(none)");
    CHECK(script_found("a$", "", "a\n") == "(none)");
    CHECK(script_found("(?:(b)|c)\\1", "", "c") == "c");
    CHECK(script_found("[^]", "", "\n") == "\n");
    CHECK(script_found("[]", "", "a") == "(none)");
    CHECK(script_found("b", "",
                       "a\xFF"
                       "b") == "b");
}

TEST_CASE("what other pattern languages know is plain text to JavaScript") {
    const std::tuple<const char*, const char*, const char*> rows[] = {
        {"\\z", "xz", "z"},           {"\\A", "xA", "A"},
        {"\\Q.\\E", "Q.E", "Q.E"},    {"\\h\\R", "hR", "hR"},
        {"\\p{L}", "p{L}", "p{L}"},   {"\\k<a>", "k<a>", "k<a>"},
        {"a{,2}", "a{,2}", "a{,2}"},  {"a{x", "a{x", "a{x"},
        {"]}", "a]}", "]}"},          {"\\u{2}", "uuu", "uu"},
        {"[[:alpha:]]", "a:]", ":]"}, {"\\8", "8", "8"},
        {"\\1", "\x01", "\x01"},      {"\\012", "\n", "\n"},
        {"\\x4", "x4", "x4"},         {"\\c", "\\c", "\\c"},
        {"\\cJ", "\n", "\n"},         {"[a-\\d]", "-", "-"},
        {"[\\b]", "\b", "\b"},        {"[\\w-]+", "a-b", "a-b"},
        {"(?i:A)b", "Aab", "ab"},     {"(?s:.)", "\n", "\n"},
        {"\\s", "\u00a0", "\u00a0"},  {"[^\\S]", "\ufeff", "\ufeff"},
        {".", "\u2028", "(none)"},    {"a{0,100000}", "aa", "aa"},
        {"(?=a)*a", "a", "a"},        {"\\ud83d\\ude00", "\U0001F600", "\U0001F600"},
        {"\\2(a)(b)", "ab", "ab"},    {"\\-\\_", "-_", "-_"},
        {"[]x", "x", "(none)"},       {"#a b", "#a b", "#a b"}};
    for (const auto& [expression, text, expected] : rows) {
        INFO(expression);
        CHECK(script_found(expression, "", text) == expected);
    }
    CHECK(script_found("\\p{Lu}", "u", "aB") == "B");
    CHECK(script_found("^b$", "m", "a\r\nb\u2028") == "b");
    CHECK(script_found("(?<n>a)\\k<n>", "", "aa") == "aa");
}

TEST_CASE("groups of a script pattern that took no part are absent") {
    auto result = script("(x)?(?<n>y)(z)?").search("y");
    REQUIRE(result.ok());
    REQUIRE(result.value());
    const auto& groups = *result.value();
    REQUIRE(groups.size() == 4);
    CHECK_FALSE(groups[1]);
    CHECK(groups[2] == "y");
    CHECK_FALSE(groups[3]);
}

TEST_CASE("wrong script patterns and flags are usage errors that name them") {
    const auto refused = [](std::string_view expression, std::string_view flags) {
        const auto pattern = ScriptPattern::compile(expression, flags);
        return pattern.ok() ? "" : pattern.error().message;
    };
    for (const auto* flags : {"x", "ii", "uv"})
        CHECK(refused("a", flags) == std::string("Invalid flags supplied to RegExp constructor '") + flags + "'");
    const std::tuple<const char*, const char*, const char*> rows[] = {
        {"(", "", "Unterminated group"},
        {")", "", "Unmatched ')'"},
        {"[a", "", "Unterminated character class"},
        {"*", "gi", "Nothing to repeat"},
        {"a++", "", "Nothing to repeat"},
        {"{1}", "", "Nothing to repeat"},
        {"^*", "", "Nothing to repeat"},
        {"(?<=a)*", "", "Invalid quantifier"},
        {"(?=a)*", "u", "Invalid quantifier"},
        {"a{2,1}", "", "numbers out of order in {} quantifier"},
        {"[z-a]", "", "Range out of order in character class"},
        {"(?P<a>x)", "", "Invalid group"},
        {"(?>a)", "", "Invalid group"},
        {"(?#c)", "", "Invalid group"},
        {"(?<1a>x)", "", "Invalid capture group name"},
        {"(?<a>x)(?<a>y)", "", "Duplicate capture group name"},
        {"(?<a>x)\\k<b>", "", "Invalid named capture referenced"},
        {"(?<a>x)\\k", "", "Invalid named reference"},
        {"\\", "", "\\ at end of pattern"},
        {"\\z", "u", "Invalid escape"},
        {"]", "u", "Lone quantifier brackets"},
        {"a{", "u", "Incomplete quantifier"},
        {"[a-\\d]", "u", "Invalid character class"},
        {"\\p{}", "u", "Invalid property name"},
    };
    for (const auto& [expression, flags, reason] : rows)
        CHECK(refused(expression, flags) ==
              std::string("Invalid regular expression: /") + expression + "/" + flags + ": " + reason);
    CHECK(ScriptPattern::compile(std::string(5000, '(') + std::string(5000, ')'), "").error().kind == Kind::usage);
}

TEST_CASE("no script pattern hangs") {
    Result<std::optional<ScriptPattern::Groups>> result = std::optional<ScriptPattern::Groups>{};
    CHECK(cpu_seconds([&] { result = script("^(a+)+$").search(std::string(100, 'a') + "b"); }) < 5);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().kind == Kind::usage);
    CHECK(result.error().message.find("'^(a+)+$'") != std::string::npos);
    CHECK(cpu_seconds([&] { result = script("a*[bc]").search(std::string(8u << 20, 'a')); }) < 5);
    CHECK_FALSE(result.ok());
    CHECK(cpu_seconds([&] { result = script("(?:.|\\n)*x").search(std::string(1u << 20, 'a') + "\n"); }) < 5);
}

TEST_CASE("literals are found together, whatever their case") {
    CHECK(hits_of({"akia", "Ghp_"}, "xxAKIA ghp_ akia") == Hits{{0, 6}, {0, 16}, {1, 11}});
    CHECK(hits_of({"a", "aa"}, "aaa") == Hits{{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}});
    CHECK(hits_of({std::string("a\0b", 3)}, std::string_view("a\0b", 3)) == Hits{{0, 3}});
    CHECK(hits_of({"(.*)"}, "any (.*)") == Hits{{0, 8}});
    CHECK(hits_of({}, "any").empty());
    CHECK(hits_of({"a"}, "").empty());
    CHECK(LiteralSet::compile(std::vector<std::string>{"a", ""}).error().kind == Kind::usage);
}

TEST_CASE("a literal is found once where a large text is cut") {
    constexpr std::size_t cut = 32u << 20;
    for (std::size_t end = cut - 1; end < cut + 8; ++end) {
        std::string text(cut + 100, 'x');
        text.replace(end - 6, 6, "needle");
        CHECK(hits_of({"needle", "longer than that"}, text) == Hits{{0, end}});
    }
}

TEST_CASE("one set serves several threads at once") {
    const auto set = LiteralSet::compile(std::vector<std::string>{"needle"});
    REQUIRE(set.ok());
    const std::string text = std::string(1u << 20, 'x') + "needle";
    std::vector<std::size_t> counts(4);
    std::vector<std::thread> threads;
    for (auto& count : counts)
        threads.emplace_back([&] {
            std::vector<LiteralSet::Hit> hits;
            for (int i = 0; i < 10; ++i) set->scan(text, hits);
            count = hits.size();
        });
    for (auto& thread : threads) thread.join();
    CHECK(counts == std::vector<std::size_t>{10, 10, 10, 10});
}
