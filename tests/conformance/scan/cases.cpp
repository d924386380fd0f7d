#include "cases.h"
#include "base/text.h"
#include "scan/sources.h"
#include "support/catch.h"
#include "sys/data/json.h"
#include "sys/files/files.h"
#include <algorithm>
#include <fmt/format.h>
#include <iostream>
#include <map>
#include <set>

// gitleaks' cases, answered by our own engine, collector and sources with the made-up rules of each case. A case that
// asks for what scan does not do (yet) is listed with its reason, by feature or by id; the rest must be right.

using namespace fairlead;
using namespace fairlead::scan;
using sys::Json;

namespace {

// Where scan means to answer otherwise, or has no such thing.
const std::map<std::string, std::string> left_out = {
    {"kw-elsewhere", "a keyword counts in the line that it stands in"},
    {"kw-overlap", "a keyword counts in the line that it stands in"},
    {"re-dollar-is-end-of-text", "a pattern sees a line, not the file"},
    {"pos-leading-newline", "a pattern sees a line, not the file"},
    {"pos-trailing-newline-trimmed", "a pattern sees a line, not the file"},
    {"sg-rematch-boundary", "groups are those of the match itself"},
    {"two-specific", "one finding per place"},
    {"gen-yields", "there is one generic rule, the built-in one"},
    {"gen-keeps-elsewhere", "there is one generic rule, the built-in one"},
    {"gen-larger-stays", "there is one generic rule, the built-in one"},
    {"gen-id-case", "there is one generic rule, the built-in one"},
    {"git-binary", "a NUL does not hide what a change brings"},
    {"re-invalid-utf8", "a pattern does not match bytes that are no UTF-8"},
    {"git-all-refs", "a range has one head; all of the history is a later command"},
    {"git-pre-commit", "what is not staged is not about to be committed"},
    {"git-log-opts", "gitleaks' flags are not read yet"},
    {"inline-allow-off", "gitleaks' flags are not read yet"},
    {"dir-config-skipped", "gitleaks' configuration is not read yet"},
    {"dir-symlink", "what a link says is looked at, never where it leads"},
    {"cfg-duplicate-id", "gitleaks' configuration is not read yet"},
    {"cfg-bad-toml", "gitleaks' configuration is not read yet"},
    {"no-regex-no-path", "gitleaks' configuration is not read yet"},
    {"no-id", "gitleaks' configuration is not read yet"},
};

// What of a case we have no counterpart for; empty: it can be answered.
std::string out_of_scope(const Json& one, const conformance::Config& config) {
    const auto id = one["id"].get<std::string>();
    if (const auto found = left_out.find(id); found != left_out.end()) return found->second;
    if (one["topic"] == "decode" && id != "dec-off") return "encoded text is not decoded, but for private keys";
    if (!config.other().empty()) return "gitleaks' configuration is not read yet (" + config.other() + ")";
    if (one.contains("baseline")) return "gitleaks' reports are no baseline";
    if (one["mode"] == "stdin") return "standard input is not scanned";
    for (const Json& word : one.value("args", Json::array())) {
        const auto flag = word.get<std::string>();
        const bool has_counterpart = flag == "--max-decode-depth=0" || flag == "--max-target-megabytes=1" ||
                                     flag == "--staged" || flag == "--pre-commit" || flag == "--log-opts=nosuch..HEAD";
        if (!has_counterpart) return "gitleaks' flags are not read yet";
    }
    return {};
}

std::string place(std::string_view rule, std::string_view file, int line, std::string_view secret, int commit) {
    return fmt::format("{} {}:{} {} commit {}", rule, file, line, secret, commit);
}

struct Answer {
    std::string error; // "config-error", "could-not-do-it"
    std::vector<std::string> places;
    std::vector<int> columns;
};

std::vector<std::string> places_of(const Json& findings) {
    std::vector<std::string> places;
    for (const Json& each : findings)
        places.push_back(place(each["rule"].get<std::string>(), each["file"].get<std::string>(), each["line"],
                               each["secret"].get<std::string>(), each.value("commit", 0)));
    std::sort(places.begin(), places.end());
    return places;
}

Result<std::vector<Found>> scan_case(const Json& one, const conformance::Config& config,
                                     const conformance::Folder& folder) {
    Options options{.allow = config.allow(), .max_file_size = 100'000'000, .today = "2026-11-20"};
    const Json args = one.value("args", Json::array());
    const auto given = [&](const char* flag) { return std::find(args.begin(), args.end(), flag) != args.end(); };
    if (given("--max-target-megabytes=1")) options.max_file_size = 1'000'000;
    std::vector<const Rule*> pointers;
    for (const Rule& rule : config.rules()) pointers.push_back(&rule);
    const auto ignored = sys::read_file(folder.path() + "/.gitleaksignore").value_or("");
    auto collector = TRY(Collector::make(options, IgnoreList::parse(ignored), pointers));
    const Word word;
    if (one["mode"] == "git") {
        const auto repository = TRY(sys::Repository::open(folder.path()));
        const Range range{.base = given("--log-opts=nosuch..HEAD") ? "nosuch" : "", .head = "HEAD", .about = "it"};
        if (given("--staged"))
            TRY_VOID(scan_staged(repository, comments_for(std::nullopt, word, Staged::no), collector));
        else
            TRY_VOID(scan_range(repository, range, word, {}, collector));
    } else {
        const conformance::Here here(folder.path());
        TRY_VOID(scan_tree(std::nullopt, {}, comments_for(std::nullopt, word, Staged::no), collector));
    }
    auto found = collector.take_found();
    std::erase_if(found, [](const Found& f) { return f.state == report::State::suppressed; });
    return found;
}

const Json& wanted_of(const Json& one) { return one.contains("wanted") ? one["wanted"] : one["expect"]; }

Answer answer(const Json& one, const conformance::Config& config, const conformance::Folder& folder) {
    const Json& wanted = wanted_of(one);
    const bool names_commits = wanted.is_array() && !wanted.empty() && wanted.front().contains("commit");
    auto found = scan_case(one, config, folder);
    if (!found.ok()) return {found.error().kind == Kind::usage ? "config-error" : "could-not-do-it", {}, {}};
    Answer out;
    for (const Found& each : found.value()) {
        out.places.push_back(place(each.rule->id, each.path, each.line, each.secret.reveal(),
                                   names_commits ? folder.number_of(each.commit) : 0));
        out.columns.push_back(each.column);
    }
    std::sort(out.places.begin(), out.places.end());
    return out;
}

}

TEST_CASE("every case that scan can answer today is answered rightly") {
    const auto folder = test::conformance("scan");
    if (!folder) SKIP_LOUDLY("conformance", "../shared/conformance/scan is not there");
    const Json cases = Json::parse(test::read(*folder + "/cases.json"))["cases"];
    REQUIRE(cases.size() >= 220);
    std::map<std::string, std::vector<std::string>> reasons;
    std::set<std::string> ids;
    std::size_t answered = 0;
    for (const Json& one : cases) {
        const auto id = one["id"].get<std::string>();
        ids.insert(id);
        const conformance::Config config(one.value("config", ""));
        if (const auto reason = out_of_scope(one, config); !reason.empty()) {
            reasons[reason].push_back(id);
            continue;
        }
        ++answered;
        const conformance::Folder made(one);
        const Json& wanted = wanted_of(one);
        const Answer got = answer(one, config, made);
        INFO(id << ": " << one["about"].get<std::string>());
        if (wanted.is_string())
            CHECK(got.error == wanted.get<std::string>());
        else {
            CHECK(got.error.empty());
            CHECK(got.places == places_of(wanted));
        }
    }
    CHECK(answered >= 90);
    for (const auto& [id, reason] : left_out) CHECK(ids.contains(id));
    std::cout << answered << " of " << cases.size() << " cases answered; left out:\n";
    for (const auto& [reason, names] : reasons)
        std::cout << "  " << reason << ": " << names.size() << ": " << join(names, " ") << "\n";
}

TEST_CASE("columns are those of an editor, not gitleaks' bytes from the line end before") {
    const auto folder = test::conformance("scan");
    if (!folder) SKIP_LOUDLY("conformance", "../shared/conformance/scan is not there");
    const std::map<std::string, std::vector<int>> columns = {
        {"pos-first-line", {4}}, {"pos-later-line", {4}}, {"pos-utf8", {3}}, {"pos-two-on-line", {1, 14}}};
    std::size_t seen = 0;
    const Json cases = Json::parse(test::read(*folder + "/cases.json"))["cases"];
    for (const Json& one : cases) {
        const auto wanted = columns.find(one["id"].get<std::string>());
        if (wanted == columns.end()) continue;
        ++seen;
        INFO(wanted->first);
        CHECK(answer(one, conformance::Config(one["config"].get<std::string>()), conformance::Folder(one)).columns ==
              wanted->second);
    }
    CHECK(seen == columns.size());
}
