#include "base/text.h"
#include "migrate/lint/lint.h"
#include "migrate/lint/rule.h"
#include "support/catch.h"
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <map>

using namespace fairlead;
using namespace fairlead::migrate;

// found/GROUP.txt, as rules/GROUP.cpp: blocks of a rule and what it is asked by, a file's lines behind `| ` and what is
// found behind `> `: level, line (of the way back `down` before it) and message; none: the rule is silent.
// FAIRLEAD_UPDATE=yes build/dev/bin/unit_migrate "each condition*" writes what is found; read the diff.
namespace {

struct Block {
    std::string head, text, found; // "mig-char sqlite 14"
    std::string rule() const { return head.substr(0, head.find(' ')); }
};

std::vector<Block> read_blocks(const std::string& path) {
    std::vector<Block> blocks;
    bool is_open = false;
    for (const auto& line : split(test::read(path), '\n')) {
        const std::string_view mark = std::string_view(line).substr(0, 2);
        if (line.empty() || !is_open) is_open = false;
        if (line.empty()) continue;
        if (mark != "| " && mark != "> ") {
            blocks.push_back({std::string(line), "", ""});
            is_open = true;
            continue;
        }
        INFO(path << ": " << line);
        REQUIRE(is_open);
        (mark == "| " ? blocks.back().text : blocks.back().found) += std::string(line.substr(2)) + "\n";
    }
    return blocks;
}

std::string written(const std::vector<Block>& blocks) {
    std::string all;
    for (const auto& [head, text, found] : blocks) {
        all += (all.empty() ? "" : "\n") + head + "\n";
        for (const auto& [mark, lines] : {std::pair{"| ", text}, std::pair{"> ", found}})
            for (const auto& line : split(lines.substr(0, lines.size() - !lines.empty()), '\n'))
                if (!lines.empty()) all += mark + std::string(line) + "\n";
    }
    return all;
}

std::vector<report::Finding> judged(const Block& block) {
    lint::Options options{.postgres = 15, .only = {block.rule()}, .today = "2026-01-01"};
    for (const auto& word : split(block.head, ' ')) {
        if (word == "sqlite") options.dialect = sql::Dialect::sqlite;
        if (word == "mysql") options.dialect = sql::Dialect::mysql;
        if (const auto version = parse_integer(word); version.ok())
            options.postgres = static_cast<int>(version.value());
    }
    const auto down = block.text.find("-- down\n");
    std::vector<lint::File> files = {{"a.up.sql", block.text.substr(0, down)}};
    if (down != std::string::npos) files.push_back({"a.down.sql", block.text.substr(down + 8)});
    auto findings = lint::judge(files, options);
    std::erase_if(findings, [&](const auto& one) { return one.rule != block.rule(); }); // migrate/unread
    return findings;
}

std::string told(const std::vector<report::Finding>& findings) {
    std::string all;
    for (const auto& one : findings)
        all += fmt::format("{} {}{}: {}\n", report::name_of(one.severity), one.file == "a.down.sql" ? "down " : "",
                           one.line, one.message);
    return all;
}

}

TEST_CASE("each condition of a rule has a file in which the rule finds what it says, and a sound twin") {
    std::map<std::string, std::pair<int, int>> tried; // that find something, and that don't
    const bool is_update = std::getenv("FAIRLEAD_UPDATE") != nullptr;
    for (const auto& entry : std::filesystem::directory_iterator(test::source("tests/unit/migrate/lint/found"))) {
        auto blocks = read_blocks(entry.path().string());
        for (auto& block : blocks) {
            const auto findings = judged(block);
            ++(findings.empty() ? tried[block.rule()].second : tried[block.rule()].first);
            for (const auto& finding : findings) {
                INFO(finding.message);
                CHECK(finding.message.size() <= 200);
                CHECK(std::count(finding.message.begin(), finding.message.end(), ';') >= 2);
            }
            auto lower = block;
            lower.text.insert(0, "\n\n");
            auto expected = findings;
            for (auto& each : expected) // the line of a statement; what holds for a whole file is told at its first
                if (each.file == "a.up.sql" && block.rule() != "mig-no-down" && block.rule() != "mig-empty")
                    each.line += 2;
            CHECK(told(judged(lower)) == told(expected));
            if (is_update) block.found = told(findings);
            INFO(entry.path().string() << ": " << block.head << "\n" << block.text);
            CHECK(told(findings) == block.found);
        }
        if (is_update) std::ofstream(entry.path()) << written(blocks);
        INFO(entry.path().string() << " isn't written as FAIRLEAD_UPDATE=yes writes it");
        CHECK(test::read(entry.path().string()) == written(blocks));
    }
    for (const auto& rule : lint::all_rules()) {
        INFO(rule.id);
        const auto& [found, silent] = tried[std::string(rule.id)];
        CHECK((found > 0 && silent > 0) == (rule.check != nullptr));
    }
    CHECK(tried.size() == lint::all_rules().size());
    CHECK(lint::all_rules().size() == 66);
}
