#include "report/rules.h"
#include "base/text.h"
#include "base/version.h"
#include "report/printable.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::report {
namespace {

// Of every tool: the id follows the tool's name, and the anchor is the id without it.
constexpr Rule common_rules[] = {
    {"silenced", "A change makes the tool's checks weaker", Severity::warning},
    {"waiver-expired", "A waiver has expired, so its findings count again", Severity::warning},
    {"waiver-refused", "A waiver can't waive the reason for this verdict", Severity::warning},
    {"waiver-unused", "A waiver covers no finding", Severity::warning},
};
constexpr std::string_view common_page = "configuration.md";

std::string section_of(std::string_view page, std::string_view id) {
    return fmt::format("docs/{}#{}", page, replace_all(id, "/", "-"));
}

}

std::string full_name(std::string_view tool, std::string_view rule) {
    return rule.find('/') == std::string_view::npos ? fmt::format("{}/{}", tool, rule) : std::string(rule);
}

std::vector<KnownRule> known_rules(std::string_view tool, std::span<const Rule> own) {
    std::vector<KnownRule> known;
    for (const Rule& rule : own) {
        const std::string page = rule.page.empty() ? fmt::format("{}-rules.md", tool) : std::string(rule.page);
        known.push_back({std::string(rule.id), std::string(rule.title), rule.severity, section_of(page, rule.id)});
    }
    for (const Rule& rule : common_rules) {
        const std::string id = full_name(tool, rule.id);
        const bool told_by_itself = std::any_of(own.begin(), own.end(), [&](const Rule& one) { return one.id == id; });
        if (!told_by_itself)
            known.push_back({id, std::string(rule.title), rule.severity, section_of(common_page, rule.id)});
    }
    return known;
}

std::string unknown_rule(std::string_view tool, std::string_view id, std::span<const std::string> known) {
    const std::string near = nearest(id, known);
    return fmt::format("rule '{}' is unknown; {}", id,
                       near.empty() ? program_of(tool) + " rules lists the rules"
                                    : fmt::format("did you mean {}?", near));
}

void explain_briefly(const KnownRule& rule, std::string& text, sys::Json& list) {
    text += fmt::format("{}: {}\n  {}\n", rule.id, rule.title, rule.section);
    list.push_back({{"id", rule.id}, {"title", rule.title}, {"section", rule.section}});
}

std::string address_of(const KnownRule& rule) {
    const auto at = commit() == "unknown" ? "main" : commit(); // a version's tag may not be there yet
    return fmt::format("https://github.com/fairlead/fairlead/blob/{}/{}", at, rule.section);
}

// Words outside of blocks of code, 200 a minute.
std::size_t minutes_to_read(const std::string& page) {
    std::size_t words = 0;
    bool is_code = false;
    for (const auto& line : split(page, '\n')) {
        if (line.starts_with("```")) is_code = !is_code;
        if (line.starts_with("```") || is_code) continue;
        for (const auto& word : split(line, ' ')) words += word.empty() ? 0 : 1;
    }
    return (words + 199) / 200;
}

Report list_rules(std::string_view tool, std::span<const Rule> own) {
    Report report{.tool = std::string(tool)};
    sys::Json list = sys::Json::array();
    std::size_t id = 0, title = 0;
    const auto known = known_rules(tool, own);
    for (const KnownRule& rule : known) {
        id = std::max(id, rule.id.size());
        title = std::max(title, rule.title.size());
    }
    for (const KnownRule& rule : known) {
        report.text += fmt::format("{:<{}}  {:<{}}  {}\n", rule.id, id, rule.title, title, rule.section);
        list.push_back({{"id", rule.id},
                        {"title", rule.title},
                        {"severity", name_of(rule.severity)},
                        {"section", rule.section},
                        {"help", address_of(rule)}});
    }
    report.facts = fmt::format("{} rules", known.size());
    report.summary.heading = program_of(tool) + ": rules";
    auto& table = report.summary.tables.emplace_back(Table{{"Rule", "Title", "Severity", "Section"}, {}});
    for (const KnownRule& rule : known)
        table.rows.push_back({rule.id, rule.title, std::string(name_of(rule.severity)), rule.section});
    report.members = {member("rules", list)};
    return report;
}

}
