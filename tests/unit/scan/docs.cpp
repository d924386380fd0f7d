#include "base/text.h"
#include "scan/rules/rule.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include <set>

using namespace fairlead;

namespace {

// docs/scan.md and the pages that it leads to.
std::string pages() {
    std::string text;
    for (const auto* name : {"", "-silence", "-gitleaks", "-rules", "-reference"})
        text += test::read(::fairlead::test::source("docs/scan" + std::string(name) + ".md"));
    return text;
}

// Says what the command line would do; nothing is scanned.
sys::Output explain(const std::string& folder, std::vector<std::string> words) {
    words[0] = ::fairlead::test::program(words[0]);
    words.push_back("--explain-config");
    auto done =
        sys::run({.argv = words, .folder = folder, .environment = std::vector<std::string>{"PATH=/usr/bin:/bin"}});
    REQUIRE(done.ok());
    return std::move(done).value();
}

}

TEST_CASE("the pages on scan have a place for every rule") {
    const std::string text = pages();
    for (const scan::Rule* rule : scan::rules()) {
        INFO(rule->id);
        CHECK(text.find("<a id=\"" + std::string(rule->id) + "\"></a>") != std::string::npos);
    }
}

TEST_CASE("every command line of the pages on scan is understood, with their fairlead.yml") {
    const std::string text = pages();
    const std::size_t begin = text.find("version: 1\nscan:");
    REQUIRE(begin != std::string::npos);
    auto folder = sys::TemporaryFolder::make("docs test ");
    REQUIRE(folder.ok());
    REQUIRE(sys::write_file(folder->path() / "fairlead.yml", text.substr(begin, text.find("```", begin) - begin)).ok());
    int lines = 0;
    for (const std::string& line : split(text, '\n')) {
        if (!line.starts_with("fairlead-scan ")) continue;
        std::vector<std::string> words;
        for (const std::string& word : split(line.substr(0, line.find('#')), ' '))
            if (!word.empty()) words.push_back(word);
        const auto done = explain(folder->path().string(), words);
        INFO(line << ": " << done.err);
        CHECK(done.status == 0);
        // What it knows, and what it does as gitleaks does, is so whatever fairlead.yml says.
        const bool reads_none =
            words.size() > 1 &&
            std::set<std::string>{"rules", "explain", "install-hook", "git", "dir"}.contains(words[1]);
        CHECK((done.out.find("max-file-size = 20MiB (fairlead.yml:6:") != std::string::npos) != reads_none);
        ++lines;
    }
    CHECK(lines == 25);
}
