#include "preflight/silenced.h"
#include "base/text.h"
#include "config/milder.h"
#include "sys/data/json.h"
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

// Names of rules only: whatever else stands there was written by the change.
std::string known_of(const std::vector<std::string>& names) {
    std::vector<std::string> known;
    for (const auto& name : names)
        if (const Rule* rule = find_rule(name)) known.emplace_back(rule->id);
    return join(known, ", ");
}

}

SilencedByChange::SilencedByChange(const config::Change& change, const sys::Repository* repository)
    : repository_(repository) {
    if (repository == nullptr || change.foreign || change.base.empty()) return;
    before_ = config::commit_before(change, *repository).value_or("");
}

// Whether the file had no such line, wherever.
bool SilencedByChange::is_new(const std::string& path, const std::string& line) {
    const auto [found, fresh] = lines_before_.try_emplace(path);
    if (fresh)
        for (auto& each : split(repository_->file_at(before_, path).value_or(std::nullopt).value_or(""), '\n'))
            found->second.insert(std::move(each));
    return !found->second.contains(line);
}

void SilencedByChange::tell(const std::string& path, int line, std::string message) {
    if (!told_.emplace(path, line).second) return;
    findings_.push_back({.rule = "preflight/silenced",
                         .severity = report::Severity::warning,
                         .file = path,
                         .line = line,
                         .message = std::move(message)});
}

void SilencedByChange::look_at(const SilencingComment& comment) {
    if (before_.empty() || !is_new(comment.file, comment.text)) return;
    const auto known = known_of(comment.rules);
    const auto what = !comment.peer.empty() ? "the rules in a comment of " + std::string(comment.peer) : known;
    if (what.empty()) return; // of another tool's rules
    tell(comment.file, comment.line,
         fmt::format("this change silences {} {}", what, comment.whole_file ? "in the whole file" : "here"));
}

void SilencedByChange::look_at_baseline(const std::string& path, std::string_view text) {
    if (before_.empty()) return;
    int number = 0;
    for (const auto& line : split(text, '\n')) {
        ++number;
        if (trim(std::string_view(line)).empty() || !is_new(path, line)) continue;
        const auto entry = sys::parse_json(line, path);
        const auto rule = entry.ok() ? known_of({sys::text_of(entry.value(), "rule")}) : std::string();
        tell(path, number, fmt::format("this change accepts a finding{} as known", rule.empty() ? "" : " of " + rule));
    }
}

}
