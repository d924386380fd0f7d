#include "preflight/variables.h"
#include "base/diff.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "read/compose/compose.h"
#include "read/env/env.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace fairlead::preflight {

namespace {

constexpr std::string_view env_opening = "<!-- fairlead env -->", env_closing = "<!-- /fairlead env -->";

// The comment behind the value, else the lines of comment directly above.
std::string comment_of(const std::vector<std::string>& lines, const read::EnvEntry& entry) {
    const auto last = static_cast<std::size_t>(entry.end_line - 1);
    if (last < lines.size() && entry.quote == read::EnvQuote::none)
        if (const auto hash = lines[last].find(" #"); hash != std::string::npos)
            return std::string(trim(std::string_view(lines[last]).substr(hash + 2)));
    std::vector<std::string> words;
    for (auto at = static_cast<std::size_t>(entry.line - 1); at-- > 0;) {
        const auto line = trim(std::string_view(lines[at]));
        const auto text = line.starts_with('#') ? trim(line.substr(1)) : std::string_view();
        if (text.empty() || text.find_first_not_of("#=- ") == text.npos) break;
        words.insert(words.begin(), std::string(text));
    }
    return join(words, " ");
}

// In a cell of a table.
// For a cell of a table: in one line, no markup.
std::string cell(std::string_view text) {
    return replace_all(replace_all(replace_all(text, "|", "\\|"), "\n", " "), "<", "&lt;");
}

class Collector {
  public:
    Variable& of(const std::string& name) {
        const auto [found, fresh] = index_.try_emplace(name, all_.size());
        if (fresh) all_.push_back({.name = name, .needed_by = {}, .fallback = {}, .comment = {}});
        return all_[found->second];
    }
    std::vector<Variable> take() { return std::move(all_); }
    std::size_t size() const { return all_.size(); }

  private:
    std::vector<Variable> all_;
    std::map<std::string, std::size_t> index_;
};

void add_once(std::vector<std::string>& words, std::string word) {
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(std::move(word));
}

void add_templates(const Project& project, Collector& collector) {
    for (const EnvFile& file : project.env_files) {
        if (!file.is_template) continue;
        const auto lines = split(file.text, '\n');
        for (const auto& entry : file.read->entries) {
            Variable& variable = collector.of(entry.name);
            add_once(variable.needed_by, file.file);
            const auto value = entry.value.value_or("");
            if (variable.fallback.empty() && !sounds_secret(entry.name) && !holds_credentials(value))
                variable.fallback = value;
            if (variable.comment.empty()) variable.comment = hide_credentials(comment_of(lines, entry));
            variable.required = variable.required || value.empty() || sounds_secret(entry.name);
        }
    }
}

void add_compose(const Project& project, Collector& collector) {
    std::map<std::string, std::vector<const read::ComposeReference*>> sorted;
    for (const Compose& compose : project.composes)
        for (const auto& reference : compose.read->references) sorted[reference.name].push_back(&reference);
    for (const auto& [name, references] : sorted)
        for (const auto* reference : references) {
            Variable& variable = collector.of(name);
            add_once(variable.needed_by, "compose");
            const bool has_default = reference->operation == ":-" || reference->operation == "-";
            if (has_default && variable.fallback.empty() && !sounds_secret(name) &&
                !holds_credentials(reference->operand))
                variable.fallback = reference->operand;
            if (!has_default && reference->operation != ":+" && reference->operation != "+") variable.required = true;
        }
}

}

std::vector<Variable> variables_of(const Project& project) {
    Collector collector;
    add_templates(project, collector);
    add_compose(project, collector);
    for (const auto& name : project.settings.required_vars) collector.of(name).required = true;
    return collector.take();
}

std::string table_of(const std::vector<Variable>& variables) {
    std::string table = "| variable | required | default | needed by | what it is |\n|---|---|---|---|---|\n";
    for (const Variable& one : variables)
        table += fmt::format("| `{}` | {} | {} | {} | {} |\n", one.name, one.required ? "yes" : "no",
                             one.fallback.empty() ? "" : "`" + cell(one.fallback) + "`",
                             cell(join(one.needed_by, ", ")), cell(one.comment));
    return table;
}

Result<report::Report> show_variables(const Project& project, const std::string& page) {
    report::Report report;
    const auto variables = variables_of(project);
    const auto table = table_of(variables);
    sys::Json list = sys::Json::array();
    for (const Variable& one : variables)
        list.push_back({{"name", one.name},
                        {"required", one.required},
                        {"default", one.fallback},
                        {"needed_by", one.needed_by},
                        {"comment", one.comment}});
    report.members = {report::member("variables", list)};
    report.facts = fmt::format("{} variables", variables.size());
    if (variables.empty())
        return usage("no template (.env.example) and no compose file names a variable; write .env.example first");
    if (page.empty()) {
        report.text = table;
        report.bodies["markdown"] = table;
        return report;
    }
    auto text = project.read(page);
    if (text) text = replace_all(*text, "\r\n", "\n");
    if (!text) return usage(fmt::format("--check: '{}' is not a file of the project; name a file that exists", page));
    const auto begin = text->find(env_opening), end = text->find(env_closing);
    if (begin == text->npos || end == text->npos || end < begin)
        return usage(fmt::format("--check: {} has no place for the table; write {} and {} around it", page, env_opening,
                                 env_closing));
    const auto now = trim(std::string_view(*text).substr(begin + env_opening.size(), end - begin - env_opening.size()));
    report.says = report::Says::verdict;
    if (now == trim(std::string_view(table))) return report;
    report.verdict = report::Verdict::fail;
    report.stays_no = fmt::format("{} is not up to date", page);
    report.facts = report.stays_no + "; put the output of fairlead-preflight env --format markdown between the marks";
    report.text = unified_diff(std::string(now) + "\n", table, page, "as the templates and compose files say it");
    return report;
}

}
