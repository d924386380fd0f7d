#include "scan/silenced.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::scan {
namespace {

report::Finding warning(std::string file, int line, std::string message) {
    return {.rule = "scan/silenced",
            .severity = report::Severity::warning,
            .file = std::move(file),
            .line = line,
            .message = std::move(message)};
}

// Names of rules only: whatever else the comment holds was written by the change.
std::string rules_of(const Suppression& comment) {
    std::vector<std::string> known;
    for (const std::string& rule : comment.rules)
        if (find_rule(rule)) known.push_back(rule);
    return join(known, ", ");
}

std::string nothing_for(std::string_view why) { return fmt::format("this comment has no effect: {}", why); }

// The rule of ours that one of these nearly names, and none does.
std::string nearly_named(const std::vector<std::string>& names) {
    std::vector<std::string> known;
    for (const Rule* rule : rules()) known.emplace_back(rule->id);
    for (const std::string& name : names)
        if (const std::string near = find_rule(name) ? "" : nearest(name, known); !near.empty()) return near;
    return {};
}

std::string told(const Suppression& comment, const std::string& rules) {
    if (comment.of_gitleaks)
        return fmt::format("this change silences every rule in this line{}",
                           comment.reason.empty() ? " and gives no reason; write fairlead: ignore[rule] reason" : "");
    if (!comment.wrong.empty()) return nothing_for(comment.wrong);
    return fmt::format("this change silences {} {}", rules, comment.whole_file ? "in all of this file" : "here");
}

std::vector<report::Finding> each_line(const Fragment& added, std::string_view what) {
    std::vector<report::Finding> findings;
    int line = added.first_line;
    for (const std::string& text : split(added.text, '\n')) {
        if (!trim(text).empty() && !text.starts_with('#'))
            findings.push_back(warning(added.path, line, fmt::format("this change adds {}", what)));
        ++line;
    }
    return findings;
}

// What lies on disk then is not what is reviewed: a list of Chinese letters may be one of ignored findings there.
std::vector<report::Finding> other_letters(const Fragment& added) {
    std::vector<report::Finding> findings;
    int line = added.first_line;
    for (const std::string& text : split(added.text, '\n')) {
        if (text.find(other_encoding) != text.npos)
            findings.push_back(
                warning(added.path, line, "this change lets git write files in another encoding than it shows them"));
        ++line;
    }
    return findings;
}

bool is_list(std::string_view path, const Silencers& silencers) {
    return path == ".gitleaksignore" || path == silencers.baseline;
}

}

bool may_silence(std::string_view path, std::string_view text, const Silencers& silencers) {
    return is_list(path, silencers) || may_suppress(text) || text.find(other_encoding) != text.npos;
}

std::vector<report::Finding> silenced_by(const Fragment& added, const Silencers& silencers) {
    // Of these two the tree's count, whatever stood in them in between.
    if (is_list(added.path, silencers) && !added.commit.empty()) return {};
    if (added.path == ".gitleaksignore") return each_line(added, "an entry that silences a finding");
    if (added.path == silencers.baseline) return each_line(added, "a known finding to the baseline");
    if (added.path == ".gitattributes" || added.path.ends_with("/.gitattributes")) return other_letters(added);
    std::vector<report::Finding> findings;
    for (const Suppression& comment : find_suppressions(added.text)) {
        const std::string rules = rules_of(comment);
        if (rules.empty() && !comment.of_gitleaks) continue; // of another tool, or an example
        findings.push_back(warning(added.path, added.first_line + comment.line - 1, told(comment, rules)));
    }
    return findings;
}

std::vector<report::Finding> silence_nothing(const Found& found, const std::vector<Suppression>& comments,
                                             std::string_view today) {
    const auto tell = [&](const Suppression& comment, std::string_view why) {
        return warning(found.path, comment.line, nothing_for(why));
    };
    if (const auto* wrong = wrong_one(comments, found.rule->id, found.line, found.end_line, today))
        return {tell(*wrong, why_not(*wrong, today))};
    std::vector<report::Finding> findings;
    for (const Suppression* comment : meant_for(comments, found.line, found.end_line))
        if (const std::string near = nearly_named(comment->rules); !near.empty())
            findings.push_back(tell(*comment, "no rule has that name; did you mean " + near));
    return findings;
}

report::Finding altered_rules(const std::string& file) {
    return warning(file, 1, "this change alters gitleaks' configuration, which decides what counts as a secret");
}

report::Finding without_reason(const Found& found, int line) {
    return warning(found.path, line,
                   fmt::format("gitleaks:allow silences {} and gives no reason; write fairlead: ignore[{}] reason",
                               found.rule->id, found.rule->id));
}

}
