#include "base/path.h"
#include "base/text.h"
#include "preflight/project.h"
#include "preflight/rules/groups.h"
#include <algorithm>
#include <fmt/format.h>

// What people read: README, runbook, decisions, contacts.
namespace fairlead::preflight {

namespace {

void readme_missing(const Project& project, Hits& hits) {
    if (!project.folder.empty()) return; // a part of something larger
    const bool has = std::any_of(project.paths.begin(), project.paths.end(), [](const std::string& path) {
        return path.find('/') == path.npos && lower(path).starts_with("readme");
    });
    if (!has && !project.paths.empty())
        hits.add("", 0, 0, "there is no README; nobody knows how to start or deploy this; write README.md");
}

void docs_missing(const Project& project, Hits& hits) {
    if (!project.folder.empty()) return;
    const auto tells = [](const std::string& path) {
        const auto name = lower(path);
        return name.ends_with(".md") && (name.find("runbook") != name.npos || name.find("deploy") != name.npos ||
                                         name.find("operations") != name.npos || name.find("rollback") != name.npos);
    };
    if (project.composes.empty() && project.dockerfiles.empty()) return;
    if (std::none_of(project.paths.begin(), project.paths.end(), tells))
        hits.add("", 0, 0, "there is no runbook; at night nobody knows what to do; write docs/runbook.md");
}

// `**Decision**: (Pending)` of Markdown, and an empty or pending `decision:` of decisions.yml.
void decision_pending(const Project& project, Hits& hits) {
    for (const auto& path : project.paths) {
        if (lower(file_name(path)).find("decision") == std::string_view::npos) continue;
        const bool is_yaml = path.ends_with(".yml") || path.ends_with(".yaml");
        if (!is_yaml && !path.ends_with(".md")) continue;
        int number = 0;
        std::string question;
        for (const auto& line : split(project.read(path).value_or(""), '\n')) {
            ++number;
            const auto words = lower(trim(std::string_view(line)));
            if (words.starts_with('#') && !is_yaml)
                question = trim(std::string_view(line).substr(line.find_first_not_of("# ")));
            if (is_yaml && words.find("question:") != words.npos)
                question = trim(std::string_view(line).substr(line.find(':') + 1));
            const bool decides = words.find("decision") != words.npos && words.find(':') != words.npos;
            const bool open = words.find("pending") != words.npos || words.find("tbd") != words.npos ||
                              (is_yaml && words.ends_with("decision:"));
            if (decides && open)
                hits.add(
                    path, number, 1,
                    fmt::format("{} is not decided; others build on it; write the decision, its date and who made it",
                                question.empty() ? "this question" : question.substr(0, 60)));
        }
    }
}

// A table of contacts with an empty cell.
void contact_missing(const Project& project, Hits& hits) {
    for (const auto& path : project.paths) {
        if (lower(file_name(path)) != "contacts.md") continue;
        int number = 0;
        bool in_table = false;
        std::string_view above; // a table of another kind has no way to reach somebody: | Field | Type |
        for (const auto& line : split(project.read(path).value_or(""), '\n')) {
            ++number;
            const auto row = trim(std::string_view(line));
            if (!row.starts_with('|')) {
                in_table = false;
                continue;
            }
            if (row.find("---") != row.npos) {
                in_table = has_any(lower(above), {"phone", "tel", "mobile", "mail", "address", "reach", "pager"});
                continue;
            }
            if (!in_table) {
                above = row;
                continue;
            }
            const auto cells = split(row.substr(1, row.size() - (row.ends_with('|') ? 2 : 1)), '|');
            const bool empty = std::any_of(cells.begin(), cells.end(), [](const std::string& cell) {
                return trim(std::string_view(cell)).empty();
            });
            if (empty)
                hits.add(path, number, 1,
                         "this contact has an empty cell; in an emergency it is missing; fill in name, role and phone");
        }
    }
}

// Each stands for one heading; any of its words, anywhere in the heading.
struct PageSection {
    std::string_view name;
    std::vector<std::string_view> words;
};
const PageSection page_sections[] = {
    {"quick start", {"start",  "install", "setup",  "set-up", "set up",   "usage",   "running",     "run ",
                     "démarr", "inicio",  "instal", "avvio",  "schritte", "kurulum", "стано",       "апуск",
                     "开始",   "安装",    "快速",   "시작",   "설치",     "はじめ",  "セットアップ"}},
    {"development",
     {"develop", "contribut", "hacking", "dévelop", "développ", "desarroll", "desenvolv", "entwickl", "sviluppo",
      "азработ", "开发", "開發", "개발", "開発"}},
    {"deployment",
     {"deploy", "production", "release", "déploie", "deploie", "desplieg", "implanta", "produç", "produc",
      "bereitstell", "азвёрт", "азверт", "еплой", "部署", "배포", "デプロイ"}},
    {"tests", {"test", "verif", "prueba", "ест", "测试", "測試", "테스트", "テスト"}},
    {"security",
     {"security", "secrets", "sécurit", "segur", "sicher", "sicur", "езопасн", "安全", "보안", "セキュリティ"}},
    {"troubleshooting",
     {"trouble", "problem", "faq", "known issues", "dépann", "problèm", "fehler", "облем", "故障", "常见问题", "문제",
      "トラブル"}},
};

void readme_sections(const Project& project, Hits& hits) {
    const auto text = project.read("README.md");
    if (!text || (project.composes.empty() && project.dockerfiles.empty())) return;
    std::string headings;
    for (const auto& line : split(*text, '\n'))
        if (line.starts_with('#')) headings += lower(line) + "\n";
    std::string missing;
    for (const PageSection& section : page_sections) {
        const bool has = std::any_of(section.words.begin(), section.words.end(),
                                     [&](std::string_view word) { return headings.find(word) != headings.npos; });
        if (!has) missing += (missing.empty() ? "" : ", ") + std::string(section.name);
    }
    if (!missing.empty())
        hits.add("README.md", 1, 1,
                 fmt::format("README.md has no heading for: {}; readers look for it there; add a section for each",
                             missing));
}

}

std::span<const Rule> page_rules() {
    static const Rule rows[] = {
        {.id = "repo-readme-missing",
         .title = "There is no README",
         .levels = always(Level::info),
         .check = readme_missing,
         .why = "Everybody looks for the README first.",
         .way_out = "README.md: what it is, how to start it, how to deploy it",
         .refs = {"S0-26", "S1-149"}},
        {.id = "repo-readme-sections",
         .title = "The README lacks a section",
         .levels = deployed(Level::info),
         .check = readme_sections,
         .why = "People who are new to the project look for quick start, development, deployment, tests, security and "
                "troubleshooting.",
         .way_out = "## Deployment\n## Troubleshooting",
         .refs = {"S1-149"}},
        {.id = "repo-docs-missing",
         .title = "There is no runbook",
         .levels = deployed(Level::info),
         .check = docs_missing,
         .why = "People look up roll-back, restore and restart in a hurry.",
         .way_out = "docs/runbook.md: roll back, restore, restart, emergency contacts",
         .refs = {"S4-80"}},
        {.id = "repo-decision-pending",
         .title = "A decision is still open",
         .levels = deployed(Level::info),
         .check = decision_pending,
         .why = "If nobody decides questions such as hosting, backup and monitoring before production, chance decides "
                "them.",
         .way_out = "**Decision**: one host with compose, 2026-03-01, ada",
         .refs = {"S4-83", "S4-84"}},
        {.id = "repo-contact-missing",
         .title = "An emergency contact is incomplete",
         .levels = {Level::off, Level::warning, Level::error},
         .check = contact_missing,
         .why = "If something breaks, the person on call has to reach somebody at once.",
         .way_out = "| name | role | phone | in docs/contacts.md, each cell filled in",
         .refs = {"S1-127"}},
    };
    return rows;
}

}
