#include "support/catch.h"
#include "support/support.h"
#include "sys/data/json.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include <algorithm>
#include <iostream>
#include <set>

using namespace fairlead;
using sys::Json;

namespace {

struct Found {
    std::set<std::string> rules;
    std::set<int> lines;
};

// What the tool finds in the case's files.
Found judge(const Json& one, const sys::Path& folder) {
    for (const auto& [name, text] : one["files"].items()) {
        std::filesystem::create_directories((folder / name).parent_path());
        REQUIRE(sys::write_file(folder / name, text.get<std::string>(), 0644, sys::Sync::no).ok());
    }
    const bool is_migration = one["tool"] == "migrate"; // its first word is a command, and it judges the file by name
    sys::Command command{{test::program(is_migration ? "fairlead-migrate" : "fairlead-preflight")}, folder.string()};
    for (const auto& word : one["args"]) command.argv.push_back(word.get<std::string>());
    if (is_migration) command.argv.push_back(one["target"].get<std::string>());
    command.argv.insert(command.argv.end(), {"--format", "json"});
    if (!is_migration) command.argv.push_back("--allow-empty");
    const auto done = sys::run(command);
    REQUIRE(done.ok());
    INFO(done.value().out << done.value().err);
    const auto report = sys::parse_json(done.value().out, "report");
    REQUIRE(report.ok());
    REQUIRE(report.value().contains("findings"));
    Found found;
    for (const auto& finding : report.value()["findings"]) {
        found.rules.insert(finding["rule"].get<std::string>());
        if (finding.contains("line") && finding["line"].is_number()) found.lines.insert(finding["line"].get<int>());
    }
    return found;
}

std::vector<std::string> names(const Json& one, const char* key) {
    return one.contains(key) ? one[key].get<std::vector<std::string>>() : std::vector<std::string>();
}

void judge_all(const std::string& file) {
    const auto folder = test::conformance("ops");
    if (!folder) SKIP_LOUDLY("conformance", "the folder of cases is not there");
    const auto scratch = sys::TemporaryFolder::make("fairlead ops");
    REQUIRE(scratch.ok());
    int right = 0, all = 0;
    const auto cases = Json::parse(test::read(*folder + "/" + file + ".json"))["cases"];
    for (const auto& one : cases) {
        const auto id = one["id"].get<std::string>();
        INFO(file << ": " << id);
        const auto place = scratch->path() / std::to_string(++all);
        std::filesystem::create_directories(place);
        const auto found = judge(one, place);
        bool good = true;
        const auto claim = [&](bool holds, const std::string& what) {
            INFO(what);
            CHECK(holds);
            good = good && holds;
        };
        for (const auto& rule : names(one, "hit")) claim(found.rules.contains(rule), "hit " + rule);
        for (const auto& rule : names(one, "miss")) claim(!found.rules.contains(rule), "miss " + rule);
        if (const auto any = names(one, "any_hit"); !any.empty())
            claim(std::any_of(any.begin(), any.end(), [&](const auto& rule) { return found.rules.contains(rule); }),
                  "any of any_hit");
        if (one.contains("lines"))
            for (const auto& line : one["lines"])
                claim(found.lines.contains(line.get<int>()), "line " + std::to_string(line.get<int>()));
        right += good;
    }
    std::cout << file << ": " << right << " of " << all << std::endl;
}

}

TEST_CASE("every case of peers' tests of configuration files is judged as it says") {
    judge_all(GENERATE("compose-dclint", "dockerfile-checkov", "env-dotenv-linter", "nginx-gixy", "kube-kube-linter"));
}

TEST_CASE("every case of squawk's tests of migrations is judged as it says") { judge_all("migrations-squawk"); }
