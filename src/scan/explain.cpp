#include "scan/explain.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/words.h"
#include "report/rules.h"
#include "scan/configured.h"
#include "scan/options.h"
#include "scan/rules/issuer.h"
#include "scan/verdict.h"
#include "scan/verify.h"
#include "sys/data/json.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::scan {
namespace {

constexpr std::string_view tool = "scan";

// The same for every secret. The order is what matters: what was public is never taken back.
constexpr std::string_view once_pushed = R"(
If it was pushed, sent or logged:
  1. Revoke it first and put a new one in its place. Clones, forks, caches and logs keep what was pushed.
  2. Look into the issuer's log for uses since then that are not yours.
  3. Rewriting the history does not undo a leak, and everyone has to clone again. If you want it all the same, write each
     secret on a line of secrets.txt, outside of the repository, and run in a fresh clone (git-filter-repo):
       git clone URL cleaned && cd cleaned
       git filter-repo --replace-text ../secrets.txt --replace-message ../secrets.txt
       git push --force --all URL && git push --force --tags URL
     Then ask the host's support to remove cached pages and the references of pull requests. Forks keep their copies.
If it was only committed here, not pushed:
  Take it out with git commit --amend, or with git rebase -i from the commit that added it.
  Before the push: fairlead-scan range origin/main..HEAD
)";

// The rules that find no secret: why there is such a finding, and what to do.
struct Circumstance {
    std::string_view id, why, what;
};
constexpr Circumstance circumstances[] = {
    {"scan/encoding", "A commit declares an encoding that can't be read here, so its text was not scanned.",
     "Write the commit again in UTF-8: git commit --amend, or git rebase."},
    {"scan/nothing", "There was no file, commit or text to scan, and a look at nothing is not a pass.",
     "Name what is to be scanned. If nothing is expected there, say --allow-empty."},
    {"scan/silenced",
     "A change silences findings: by a comment, .gitleaksignore, the baseline, .gitleaks.toml, fairlead.yml or an "
     "encoding.",
     "Look at the line in review. It is a warning and decides nothing."},
    {"scan/too-large", "A file is larger than max_file_size, so it was not scanned.",
     "Raise max_file_size in fairlead.yml, or exclude the file."},
    {"scan/unread", "An archive that can't be unpacked, a pipe, a device or a binary patch was not scanned.",
     "Unpack it and scan the folder, or exclude the path."},
};

const Circumstance* find_circumstance(std::string_view id) {
    const auto found = std::find_if(std::begin(circumstances), std::end(circumstances),
                                    [&](const Circumstance& one) { return one.id == id; });
    return found == std::end(circumstances) ? nullptr : found;
}

void explain_circumstance(const report::KnownRule& rule, std::string& text, sys::Json& list) {
    const Circumstance* const known = find_circumstance(rule.id);
    if (!known) return report::explain_briefly(rule, text, list);
    text += fmt::format("{}: {}\n  {}\n  {}\n  {}\n", rule.id, rule.title, known->why, known->what, rule.section);
    list.push_back({{"id", rule.id},
                    {"title", rule.title},
                    {"why", known->why},
                    {"steps", known->what},
                    {"section", rule.section}});
}

// Waivers write the name of the tool before the id.
std::string plain(const std::string& id, const gitleaks::Configuration& configuration) {
    if (!id.starts_with("scan/")) return id;
    const std::string bare = id.substr(5);
    return find_rule(bare) || configuration.find(bare) ? bare : id;
}

// What is told of one rule.
struct Explained {
    std::string id, title;
    std::string from; // the file that defines it; empty: built in
    const Issuer* issuer = nullptr;
    InTests in_tests = InTests::error;
    Opens opens = Opens::something;
};

std::string section_of(const Explained& rule) { return rule.from.empty() ? "docs/scan-rules.md#" + rule.id : ""; }

std::string text_of(const Explained& rule) {
    const Issuer& issuer = *rule.issuer;
    std::string text = fmt::format("{}: {}\n", one_line(rule.id), one_line(rule.title));
    if (!rule.from.empty()) text += fmt::format("  A rule of {}.\n", one_line(rule.from));
    text += fmt::format("  Issued by {}. ", issuer.name);
    text += rule.opens != Opens::nothing_alone ? fmt::format("In the wrong hands it {}\n\n", issuer.opens)
                                               : "Alone it opens nothing: it only names who asks, beside a secret.\n\n";
    text += fmt::format("  Revoke it at: {}\n  {}\n\n", issuer.page, issuer.steps);
    if (can_verify(rule.id)) text += "  Does it still work? Run: fairlead-scan --verify\n";
    if (rule.opens != Opens::something) text += "  It is reported, but the scan passes.\n";
    if (rule.in_tests == InTests::warning && rule.opens != Opens::little)
        text += "  In tests, samples and manuals it is a warning.\n";
    text +=
        fmt::format("  A false alarm? In its line or in the line above, write a comment: fairlead: ignore[{}] REASON\n",
                    one_line(rule.id));
    if (rule.from.empty()) text += fmt::format("  {}\n", section_of(rule));
    return text;
}

sys::Json json_of(const Explained& rule) {
    return {{"id", to_valid_utf8(rule.id)},
            {"title", to_valid_utf8(rule.title)},
            {"defined_in", rule.from},
            {"issuer", rule.issuer->name},
            {"opens", rule.issuer->opens},
            {"revoke_at", rule.issuer->page},
            {"steps", rule.issuer->steps},
            {"can_be_verified", can_verify(rule.id)},
            {"opens_alone", rule.opens != Opens::nothing_alone},
            {"in_tests", rule.in_tests == InTests::warning ? "warning" : "error"},
            {"section", section_of(rule)}};
}

// A configuration mostly copies gitleaks' rules: their ids are ours.
std::optional<Explained> find(const std::string& id, const gitleaks::Configuration& configuration) {
    if (const Rule* rule = find_rule(id))
        return Explained{id, std::string(rule->title), "", &issuer_of(rule->issuer), rule->in_tests, rule->opens};
    const gitleaks::Rule* own = configuration.find(id);
    if (!own) return std::nullopt;
    return Explained{id,
                     own->description.empty() ? "A secret" : own->description,
                     configuration.file,
                     &issuer_of(""),
                     InTests::error,
                     Opens::something};
}

std::vector<std::string> known_ids(const gitleaks::Configuration& configuration,
                                   const std::vector<report::KnownRule>& others) {
    std::vector<std::string> known;
    for (const report::KnownRule& rule : others) known.push_back(rule.id);
    for (const gitleaks::Rule& rule : configuration.rules) known.push_back(rule.id);
    return known;
}

}

Result<void> check_explained(const std::vector<std::string>& ids) {
    if (ids.empty()) return usage("explain needs the id of a rule; fairlead-scan rules lists the rules");
    return {};
}

Result<report::Report> explanation_of(const std::vector<std::string>& ids,
                                      const gitleaks::Configuration& configuration) {
    const auto known = report::known_rules(tool, report_rules()); // also those of no secret
    report::Report report;
    sys::Json list = sys::Json::array();
    bool of_secret = false;
    for (const std::string& given : ids) {
        const std::string id = plain(given, configuration);
        if (const auto rule = find(id, configuration)) {
            report.text += text_of(*rule);
            list.push_back(json_of(*rule));
            of_secret = true;
            continue;
        }
        const auto other = std::find_if(known.begin(), known.end(), [&](const auto& one) { return one.id == id; });
        if (other == known.end())
            return usage(report::unknown_rule(tool, one_line(given), known_ids(configuration, known)));
        explain_circumstance(*other, report.text, list);
    }
    if (of_secret) report.text += once_pushed;
    report.facts = counted(ids.size(), "rule", "rules");
    report.members = {report::member("rules", list)};
    return report;
}

Result<report::Report> explain_rules(const std::vector<std::string>& ids, const config::Change& change,
                                     const sys::Environment& variables) {
    TRY_VOID(check_explained(ids));
    auto built_in = explanation_of(ids, {});
    if (built_in.ok()) return built_in;
    const auto config = TRY(config::load({.path = {},
                                          .folder = std::filesystem::current_path().string(),
                                          .environment = &variables,
                                          .environment_name = {},
                                          .tool = std::string(tool),
                                          .fields = fields(),
                                          .change = &change}));
    const auto configuration = TRY(
        configuration_of(repository_here(), {change.foreign, config.base_commit()}, config.section(std::string(tool))));
    return explanation_of(ids, configuration);
}

}
