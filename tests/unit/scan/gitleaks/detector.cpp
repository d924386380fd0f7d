#include "scan/gitleaks/detector.h"
#include "base/text.h"
#include "support/value.h"
#include <algorithm>
#include <random>

// A history is looked at by contents first: may_find() must see everything that find() would find in any lines that a
// change adds.

using namespace fairlead;
namespace gl = fairlead::scan::gitleaks;
using fairlead::scan::Part;
using fairlead::scan::sample;

namespace {

constexpr std::string_view own_rules = R"toml(
[extend]
useDefault = true
[[allowlists]]
regexes = ["allowed-[a-z]+"]
[[rules]]
id = "own"
regex = "own_[a-z0-9]{4,}"
entropy = 2
keywords = ["own_"]
[[rules.allowlists]]
regexTarget = "line"
regexes = ["sample$"]
[[rules.allowlists]]
condition = "AND"
paths = ["^[^.]*$"]
stopwords = ["stop"]
[[rules]]
id = "ends"
regex = '''end: ([a-z]+)(?:[;\s]|$)'''
[[rules]]
id = "last"
regex = '''last: ([a-z]+)$'''
[[rules]]
id = "begins"
regex = '''^first: ([a-z]+)'''
[[rules]]
id = "two-lines"
regex = '''pair[\s=]{1,4}"([a-z]+)"'''
[[rules]]
id = "greedy"
regex = '''greedy_([a-z]+(?:\n[a-z]+)?)'''
[[rules.allowlists]]
stopwords = ["stop"]
[[rules]]
id = "block"
regex = '''BEGIN BOX[\s\S]{1,400}?END BOX'''
keywords = ["begin box"]
[[rules]]
id = "of-files"
path = "[.]sql$"
regex = "anything ([a-z]+)"
)toml";

// Lines, and parts of things that stand in several lines.
std::vector<std::string> lines() {
    std::vector<std::string> all = {"",
                                    "",
                                    "  ",
                                    "x = 1",
                                    "key: >-",
                                    "password: |",
                                    "  Tr0ub4dor-horse-1x",
                                    "own_abcd1234",
                                    "own_aaaa",
                                    "own_abcd1234 # sample",
                                    "own_stop1234",
                                    "end: now",
                                    "end: now;",
                                    "first: one",
                                    " first: two",
                                    "last: one",
                                    "pair",
                                    "= \"abc\"",
                                    "pair = \"abc\"",
                                    "BEGIN BOX",
                                    "in the box",
                                    "END BOX",
                                    "anything goes",
                                    "greedy_now",
                                    "greedy_now",
                                    "stop",
                                    "stop",
                                    "allowed-x own_abcd1234",
                                    "b3duX2FiY2QxMjM0NTY3ODkw",
                                    "%6f%77%6e%5fabcd1234",
                                    "U+006F U+0077 U+006E",
                                    "\"k\": \"\\u006fwn_abcd1234\"",
                                    "\xff\xfe own_abcd\xff",
                                    "-----BEGIN " + std::string("RSA PRIVATE KEY-----"),
                                    "MIIEowIBAAKCAQEAx4f1sF7cW8m1Jv0kq8rDx3",
                                    "-----END " + std::string("RSA PRIVATE KEY-----")};
    for (const scan::Rule* rule : scan::rules())
        for (const std::string_view hit : rule->hits)
            for (const std::string& line : split(sample(hit), '\n')) all.push_back(line);
    return all;
}

std::string joined(const std::vector<std::string>& lines, std::size_t begin, std::size_t end, bool closed) {
    std::string text;
    for (std::size_t i = begin; i < end; ++i) text += lines[i] + (closed || i + 1 < end ? "\n" : "");
    return text;
}

gl::Detector detector_of(bool configured) {
    gl::Configuration configuration = gl::built_in_configuration();
    const auto nothing = [](const std::string& path) { return Result<std::string>(usage(path)); };
    if (configured) configuration = test::value(gl::read_configuration(own_rules, ".gitleaks.toml", nothing));
    return test::value(gl::Detector::make(std::move(configuration), {}));
}

// How many of the pieces have a finding, and how many of the others are still to be looked at.
std::pair<int, int> compare(bool configured, bool closed, unsigned seed) {
    std::mt19937 random(seed);
    const auto pick = [&](std::size_t below) {
        return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
    };
    const std::vector<std::string> known = lines();
    gl::Detector detector = detector_of(configured);
    int found = 0, needless = 0;
    for (int round = 0; round < 1500; ++round) {
        std::vector<std::string> text(1 + pick(12));
        for (std::string& line : text)
            line = pick(2) == 0 ? "plain " + std::to_string(pick(1000)) : known[pick(known.size())];
        const std::size_t begin = pick(text.size()), end = begin + 1 + pick(text.size() - begin); // what changed
        const std::size_t first = pick(end), from = std::max(first, begin); // a piece that touches it
        const std::size_t last = from + 1 + pick(text.size() - from);
        const std::string path = std::vector<std::string>{"a.py", "b.sql", ".env", "c.md"}[pick(4)];
        const std::string whole = joined(text, 0, text.size(), true), piece = joined(text, first, last, closed);
        const Part changed{joined(text, 0, begin, true).size(), joined(text, 0, end, true).size()};
        const auto findings = test::value(
            detector.find({.text = piece, .path = path, .commit = "c", .first_line = static_cast<int>(first)}));
        const bool there = std::any_of(findings.begin(), findings.end(), [&](const gl::Finding& finding) {
            return finding.line < static_cast<int>(end) && finding.last_line >= static_cast<int>(begin);
        });
        const std::string known_path = detector.has_rule_for(path) ? path : "";
        const bool may = test::value(detector.may_find(whole, changed, known_path, closed));
        INFO(whole << "----\n" << piece << "----\n" << path);
        if (there) REQUIRE(may);
        found += there ? 1 : 0;
        needless += may && !there ? 1 : 0;
    }
    return {found, needless};
}

}

TEST_CASE("no piece of changed lines has a finding that the whole text doesn't show") {
    const bool configured = GENERATE(false, true), closed = GENERATE(false, true);
    const auto [found, needless] = compare(configured, closed, configured ? 7 : 8);
    CHECK(found > 150);
    CHECK(needless < 900);
}

TEST_CASE("lines that are known to be clean are clean in other texts, but not for rules of certain files") {
    gl::Detector detector = detector_of(false);
    const std::string text = "password of the day\nx\n";
    CHECK_FALSE(test::value(detector.may_find(text, {0, text.size()}, "", true)));
    CHECK_FALSE(test::value(detector.may_find(text, {0, text.size()}, "", true)));
    const std::string block = "api_key: >-\n  of the day\n", secret = "api_key: >-\n  zX9kQ2mV7pL4tR8wY1cN6bH3\n";
    CHECK_FALSE(test::value(detector.may_find(block, {0, block.size()}, "", true)));
    CHECK(test::value(detector.may_find(secret, {0, secret.size()}, "", true)));
    CHECK(test::value(detector.may_find(secret, {12, secret.size()}, "", true))); // the value alone is new
    const std::string env = "password = hunter2horse\n";
    CHECK(detector.has_rule_for("a/.env"));
    CHECK_FALSE(detector.has_rule_for("a/env.c"));
    CHECK(test::value(detector.may_find(env, {0, env.size()}, "a/.env", true)));
}

TEST_CASE("the lines around a part of a text") {
    constexpr std::string_view text = "a\nbb\n\ncc\nd";
    using gl::with_lines_around;
    CHECK(with_lines_around(text, {3, 4}, 0) == "bb\n");
    CHECK(with_lines_around(text, {2, 5}, 0) == "bb\n");
    CHECK(with_lines_around(text, {3, 4}, 1) == "a\nbb\n\n");
    CHECK(with_lines_around(text, {5, 5}, 1) == "bb\n\ncc\n");
    CHECK(with_lines_around(text, {6, 9}, 1) == "\ncc\nd");
    CHECK(with_lines_around(text, {9, 10}, 9) == text);
    CHECK(with_lines_around(text, {0, 1}, 9) == text);
    CHECK(with_lines_around("", {0, 0}, 3).empty());
    CHECK(with_lines_around("\n\n", {1, 1}, 0) == "\n");
}

TEST_CASE("what is decoded is looked at with the lines around it") {
    gl::Detector detector = detector_of(true);
    const std::string text = "%70%61%69%72\n= \"abc\"\n"; // pair
    CHECK(test::value(detector.find({.text = text, .path = {}, .commit = {}})).size() == 1);
    CHECK(test::value(detector.may_find(text, {0, text.size()}, "", true)));
}

TEST_CASE("a match that a piece may hold half of, and one that is allowed in some files, may be findings") {
    gl::Detector detector = detector_of(true);
    for (const auto& [text, piece] :
         {std::pair("greedy_now\nstop\n", "greedy_now\n"), {"own_stop1234\n", "own_stop1234\n"}}) {
        const std::string whole = text;
        CHECK(test::value(detector.find({.text = piece, .path = "a.py", .commit = {}})).size() == 1);
        CHECK(test::value(detector.find({.text = whole, .path = "a", .commit = {}})).empty());
        CHECK(test::value(detector.may_find(whole, {0, whole.size()}, "", true)));
    }
}
