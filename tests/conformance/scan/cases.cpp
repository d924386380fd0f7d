#include "cases.h"
#include "base/text.h"
#include "support/catch.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>
#include <iostream>
#include <map>

// gitleaks' cases, answered by fairlead-scan with gitleaks' own commands and flags. Where gitleaks is wrong, the case
// says what is wanted instead.

using namespace fairlead;
using sys::Json;

namespace {

struct Answer {
    int status = 0;
    std::vector<std::string> findings; // sorted
    std::string said;                  // on standard error
};

Json cases() {
    const auto folder = test::conformance("scan");
    return folder ? Json::parse(test::read(*folder + "/cases.json"))["cases"] : Json();
}

const Json& wanted_of(const Json& one) { return one.contains("wanted") ? one["wanted"] : one["expect"]; }

sys::Output run(const Json& one, const std::string& folder, std::vector<std::string> words) {
    words.insert(words.begin(), {test::program("fairlead-scan"), one["mode"].get<std::string>()});
    sys::Command command{.argv = words, .folder = folder};
    command.input = one.value("stdin", "");
    command.environment = std::vector<std::string>{"PATH=/usr/bin:/bin", "HOME=/nonexistent"};
    auto done = sys::run(command);
    REQUIRE(done.ok());
    return std::move(done).value();
}

std::vector<std::string> config_of(const Json& one, const conformance::Folder& folder) {
    if (one.contains("config_in_tree")) return {};
    return {"--config", folder.beside(".gitleaks.toml")};
}

// A report of the same scan, of other files, or with other fields.
std::string baseline_of(const Json& one, const conformance::Folder& folder) {
    const Json& asked = one["baseline"];
    std::string scanned = folder.path();
    if (asked.contains("files")) {
        scanned = folder.beside("earlier");
        REQUIRE(sys::make_folders(scanned).ok());
        conformance::write_files(scanned, asked["files"]);
    }
    std::vector<std::string> words = config_of(one, folder);
    const std::string path = folder.beside("baseline.json");
    words.insert(words.end(), {"--report-path", path});
    run(one, scanned, words);
    if (asked.contains("edit")) {
        Json report = Json::parse(test::read(path));
        for (Json& finding : report) finding.update(asked["edit"]);
        REQUIRE(sys::write_file(path, report.dump(), 0644, sys::Sync::no).ok());
    }
    return path;
}

std::string shown(const Json& f) {
    return fmt::format("{} {}:{}:{} '{}'", f["RuleID"].get<std::string>(), f["File"].get<std::string>(),
                       f["StartLine"].get<int>(), f["StartColumn"].get<int>(), f["Secret"].get<std::string>());
}

std::string shown_whole(const Json& f) {
    return fmt::format("{} -{}:{} '{}' {:.4f} {} {}", shown(f), f["EndLine"].get<int>(), f["EndColumn"].get<int>(),
                       f["Match"].get<std::string>(), f["Entropy"].get<double>(), f["Tags"].dump(),
                       f["Fingerprint"].get<std::string>());
}

// A case's finding with the keys of a report.
Json as_reported(const Json& finding, const conformance::Folder& folder) {
    const std::map<std::string, std::string> names = {{"rule", "RuleID"},
                                                      {"file", "File"},
                                                      {"line", "StartLine"},
                                                      {"column", "StartColumn"},
                                                      {"secret", "Secret"},
                                                      {"match", "Match"},
                                                      {"tags", "Tags"},
                                                      {"end_line", "EndLine"},
                                                      {"entropy", "Entropy"},
                                                      {"end_column", "EndColumn"},
                                                      {"fingerprint", "Fingerprint"}};
    Json reported;
    for (const auto& [ours, theirs] : names)
        if (finding.contains(ours)) reported[theirs] = finding[ours];
    if (reported.contains("Fingerprint"))
        reported["Fingerprint"] = folder.with_ids(reported["Fingerprint"].get<std::string>());
    return reported;
}

Answer answer(const Json& one, const conformance::Folder& folder, std::string (*show)(const Json&)) {
    auto words = config_of(one, folder);
    const std::string report = folder.beside("report.json");
    words.insert(words.end(), {"--report-path", report});
    for (const Json& word : one.value("args", Json::array())) words.push_back(word.get<std::string>());
    if (one.contains("baseline")) words.insert(words.end(), {"--baseline-path", baseline_of(one, folder)});
    const auto done = run(one, folder.path(), words);
    Answer out{.status = done.status, .findings = {}, .said = done.err};
    if (done.status >= 2 && !one.contains("args")) return out;
    const auto text = sys::read_file(report).value_or("");
    for (const Json& finding : text.empty() ? Json::array() : Json::parse(text)) out.findings.push_back(show(finding));
    std::sort(out.findings.begin(), out.findings.end());
    return out;
}

void check(const Json& one) {
    const conformance::Folder folder(one);
    const Json& wanted = wanted_of(one);
    const bool as_gitleaks = !one.contains("wanted");
    const auto show = as_gitleaks ? shown_whole : shown;
    const Answer got = answer(one, folder, show);
    INFO(one["id"].get<std::string>() << ": " << one["about"].get<std::string>() << "\n" << got.said);
    if (wanted.is_string()) {
        CHECK(got.status == (wanted == "could-not-do-it" ? 3 : 2));
        return;
    }
    std::vector<std::string> findings;
    for (const Json& finding : wanted) findings.push_back(show(as_reported(finding, folder)));
    std::sort(findings.begin(), findings.end());
    CHECK(got.findings == findings);
    if (as_gitleaks) CHECK(got.status == one["exit"].get<int>());
}

}

TEST_CASE("every case of gitleaks is answered as gitleaks does, and better where it is wrong") {
    const Json all = cases();
    if (all.is_null()) SKIP_LOUDLY("conformance", "../shared/conformance/scan is not there");
    REQUIRE(!all.empty());
    for (const Json& one : all) check(one);
    std::cout << all.size() << " of " << all.size() << " cases answered\n";
}

TEST_CASE("columns are those of an editor, not gitleaks' bytes from the line end before") {
    const Json all = cases();
    if (all.is_null()) SKIP_LOUDLY("conformance", "../shared/conformance/scan is not there");
    const std::map<std::string, std::vector<int>> columns = {
        {"pos-first-line", {4}}, {"pos-later-line", {4}}, {"pos-utf8", {3}}, {"pos-two-on-line", {1, 14}}};
    for (const Json& one : all) {
        const auto wanted = columns.find(one["id"].get<std::string>());
        if (wanted == columns.end()) continue;
        INFO(wanted->first);
        const conformance::Folder folder(one);
        auto words = config_of(one, folder);
        words.insert(words.end(), {"--format", "json"});
        std::vector<int> got;
        const Json report = Json::parse(run(one, folder.path(), words).out);
        for (const Json& finding : report["findings"]) got.push_back(finding["column"].get<int>());
        CHECK(got == wanted->second);
    }
}
