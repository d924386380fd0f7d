#include "preflight/report.h"
#include "base/printable.h"
#include "base/secrets/credentials.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "base/words.h"
#include "preflight/checklists/report_rules.h"
#include "preflight/kinds.h"
#include "preflight/run.h"
#include "preflight/score.h"
#include "preflight/uses/recognised.h"
#include "read/env/env.h"
#include "read/kube.h"
#include "report/causes.h"
#include "report/rules.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace fairlead::preflight {

namespace {

constexpr std::string_view page = "preflight-rules.md";
constexpr std::size_t longest_line = 1024; // bytes
constexpr std::size_t most_told = 20;      // what a person can do in a day

struct Counted {
    std::size_t count;
    std::string_view one, many;
    std::vector<std::string_view> groups = {}; // of rules that look at nothing else
};

template <typename Subject>
std::size_t recognised(const std::vector<Subject>& all) {
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [](const Subject& one) { return is_recognised(one); }));
}

std::vector<Counted> looked_at(const Project& project) {
    std::set<std::string_view> dockerfiles; // one for each stage or context that somebody builds
    for (const Dockerfile& one : project.dockerfiles) dockerfiles.insert(one.file);
    const auto manifests = std::count_if(project.kubes.begin(), project.kubes.end(),
                                         [](const Kube& one) { return !one.read->is_template; });
    return {{recognised(project.env_files), "env file", "env files"},
            {dockerfiles.size(), "Dockerfile", "Dockerfiles", {"docker"}},
            {recognised(project.composes), "compose project", "compose projects", {"compose"}},
            {recognised(project.nginxes), "nginx configuration", "nginx configurations", {"nginx"}},
            {static_cast<std::size_t>(manifests), "Kubernetes file", "Kubernetes files", {"kube"}},
            {project.workflows.size(), "workflow", "workflows", {"ci"}},
            {recognised(project.units), "unit", "units", {"unit"}},
            {project.sites.size(), "URL", "URLs", {"http", "tls", "live"}},
            {project.machine ? 1U : 0U, "host", "hosts"}};
}

// Groups that were asked by name have what they look at, one of them at least.
bool has_subject(const std::vector<Counted>& kinds, const std::vector<std::string>& groups) {
    const auto is_without = [&](const std::string& group) {
        return std::any_of(kinds.begin(), kinds.end(), [&](const Counted& kind) {
            return kind.count == 0 && std::find(kind.groups.begin(), kind.groups.end(), group) != kind.groups.end();
        });
    };
    return groups.empty() || !std::all_of(groups.begin(), groups.end(), is_without);
}

// Of equal lines in one file the first, the second, ...
class Fingerprints {
  public:
    explicit Fingerprints(const Project& project) : project_(project) {}
    std::string of(const Hit& hit, std::string_view rule) {
        std::string line = line_of(hit);
        const auto key = fmt::format("{}\n{}\n{}", rule, hit.file, line);
        return report::fingerprint(report::full_name("preflight", rule), hit.file, line, seen_[key]++);
    }

  private:
    std::string line_of(const Hit& hit) {
        if (hit.line == 0 || hit.file.empty()) return hit.message;
        const auto [found, fresh] = files_.try_emplace(hit.file);
        if (fresh) found->second = split(project_.read(hit.file).value_or(""), '\n');
        const auto at = static_cast<std::size_t>(hit.line - 1);
        // A file of one line has all its findings there; each would hash the whole of it.
        const bool is_short = at < found->second.size() && found->second[at].size() <= longest_line;
        return is_short ? found->second[at] : hit.message;
    }
    const Project& project_;
    std::map<std::string, int> seen_;
    std::map<std::string, std::vector<std::string>> files_;
};

sys::Json json_of(const Score& score) {
    sys::Json json = {{"total", score.total}, {"formula", std::string(score_formula)}};
    for (std::size_t i = 0; i < parts; ++i) json[std::string(name_of(static_cast<Part>(i)))] = score.of[i];
    return json;
}

std::string told(const std::vector<Gain>& gains) {
    std::vector<std::string> words;
    for (const Gain& gain : gains)
        words.push_back(fmt::format("{} +{}{}", gain.rule, gain.points, gain.is_safe ? " (--fix)" : ""));
    return join(words, ", ");
}

std::string what_was_found(std::size_t errors, std::size_t warnings, std::size_t infos) {
    if (errors + warnings + infos == 0) return "no finding";
    std::vector<std::string> words;
    if (errors > 0) words.push_back(counted(errors, "error", "errors"));
    if (warnings > 0) words.push_back(counted(warnings, "warning", "warnings"));
    if (infos > 0) words.push_back(fmt::format("{} info", infos));
    return join(words, ", ");
}

// "; nothing says that compose.yml is deployed, so its errors are warnings; if it is, add --compose-file compose.yml"
std::string unproven_of(const std::vector<Judged>& counting) {
    std::set<std::string> files;
    for (const Judged& one : counting)
        if (one.is_unproven) files.insert(one.hit.file);
    if (files.empty()) return "";
    const auto& first = *files.begin();
    if (files.size() == 1)
        return fmt::format(
            "; nothing says that {} is deployed, so its errors are warnings; if it is, add --compose-file {}", first,
            first);
    return fmt::format("; nothing says that {} and {} are deployed, so their errors are warnings; name a file that is "
                       "with --compose-file",
                       first, counted(files.size() - 1, "other", "others"));
}

// Among findings of one level what can be attacked comes first, and what only explains comes last.
int weight_of(const Rule& rule) {
    const Part part = part_of(rule.id);
    return part == Part::security ? 1 : part == Part::documentation ? -1 : 0;
}

// A line of an env file is a mistake of its own; many of one rule are a habit.
void keep_one_for_each_cause(std::vector<report::Finding>& findings, const std::set<std::string>& waived) {
    constexpr std::size_t habit = 6;
    std::map<std::pair<std::string, std::string>, std::size_t> counts;
    for (const auto& one : findings) ++counts[{one.rule, one.file}];
    report::join_causes(findings, [&](const report::Finding& one) {
        return waived.contains(one.rule) || (one.rule.starts_with("env-") && counts[{one.rule, one.file}] < habit);
    });
}

std::string levels_of(const Rule& rule) {
    const auto& levels = rule.levels;
    if (levels.production == Level::off) return "off; on by request";
    if (levels.development == levels.production && levels.staging == levels.production)
        return std::string(name_of(levels.production));
    return fmt::format("{} in production, {} in staging, {} in development", name_of(levels.production),
                       name_of(levels.staging), name_of(levels.development));
}

std::string joined(const std::vector<std::string_view>& words) {
    std::string all;
    for (const auto word : words) all += (all.empty() ? "" : ", ") + std::string(word);
    return all;
}

}

std::vector<report::Finding> unread_of(const Project& project) {
    std::vector<report::Finding> findings;
    for (const auto& [file, unread] : *project.unread) {
        if (project.in_scope && !project.in_scope(file)) continue;
        report::Finding finding{.rule = "preflight/unread", .file = file, .line = unread.line, .column = unread.column};
        if (!unread.is_error || profile_of(file) == Profile::development) finding.severity = report::Severity::warning;
        finding.message =
            fmt::format("it can't be judged; {}; fix it, or exclude it with preflight.exclude", one_line(unread.why));
        findings.push_back(std::move(finding));
    }
    return findings;
}

report::Report to_report(const std::vector<Settled>& settled, const Project& project, const Telling& telling,
                         const report::Baseline& baseline) {
    report::Report report;
    std::vector<Judged> counting;
    std::map<report::State, std::size_t> states;
    std::map<report::Severity, std::size_t> levels;
    Fingerprints fingerprints(project);
    for (const Settled& one : settled) {
        const Judged& judged = one.judged;
        report::Finding finding{.rule = std::string(judged.rule->id), .file = judged.hit.file};
        finding.line = finding.end_line = judged.hit.line;
        finding.column = judged.hit.column;
        finding.message = judged.hit.message;
        finding.cause = judged.hit.cause;
        finding.fix = judged.rule->fix == Fix::safe && !judged.hit.edits.empty() ? "safe" : "";
        for (const auto ref : judged.rule->refs) finding.refs.emplace_back(ref);
        finding.fingerprint = fingerprints.of(judged.hit, judged.rule->id);
        finding.message += baseline.was_known(finding.fingerprint);
        finding.severity = judged.level >= telling.fail_on ? report::Severity::error : severity_of(judged.level);
        if (one.suppressed)
            finding.state = report::State::suppressed;
        else if (baseline.knows(finding.fingerprint))
            finding.state = report::State::known;
        ++states[finding.state];
        finding.weight = weight_of(*judged.rule);
        if (decides(finding)) report.verdict = report::Verdict::fail;
        if (finding.state != report::State::suppressed) counting.push_back(judged);
        report.findings.push_back(std::move(finding));
    }
    report::sort_findings(report.findings);
    if (!telling.all) keep_one_for_each_cause(report.findings, telling.waived);
    for (const auto& finding : report.findings)
        if (finding.state == report::State::fresh) ++levels[finding.severity];
    report.looked.unread = unread_of(project);
    const auto& unread = report.looked.unread;
    const auto refused = static_cast<std::size_t>(std::count_if(unread.begin(), unread.end(), report::decides));
    levels[report::Severity::error] += refused;
    levels[report::Severity::warning] += unread.size() - refused;
    const auto result = score(counting, refused);
    std::size_t files = 0;
    std::vector<std::string> kinds;
    sys::Json looked = sys::Json::object();
    const auto subjects = looked_at(project);
    for (const Counted& kind : subjects) {
        looked[replace_all(kind.many, " ", "_")] = kind.count;
        files += kind.count;
        if (kind.count > 0) kinds.push_back(counted(kind.count, kind.one, kind.many));
    }
    if (kinds.empty()) kinds.emplace_back("the source");
    std::string others;
    for (const auto state : {report::State::known, report::State::suppressed})
        if (states[state] > 0) others += fmt::format(", {} {}", states[state], report::name_of(state));
    report.facts = fmt::format("{}{} in {}; score {} of 100",
                               what_was_found(levels[report::Severity::error], levels[report::Severity::warning],
                                              levels[report::Severity::info]),
                               others, join(kinds, ", "), result.total);
    report.facts += unproven_of(counting);
    const auto cheapest = gains(counting);
    if (!cheapest.empty()) report.facts += fmt::format("; quickest gains: {}", told(cheapest));
    const bool of_source =
        files == 0 && std::any_of(report.findings.begin(), report.findings.end(), [](const auto& one) {
            return report::decides(one) || one.rule.starts_with("code-");
        });
    const auto has_its = [&](const std::string& group) { return has_subject_of(group, project); };
    const bool is_for_nothing =
        !telling.asked.empty() && std::none_of(telling.asked.begin(), telling.asked.end(), has_its);
    const bool sees_none = !of_source && (files == 0 || is_for_nothing || !has_subject(subjects, telling.groups));
    report.looked.at_all = telling.looked_at_all;
    report.looked.count = sees_none ? 0 : of_source ? 1 : files;
    report.looked.may_be_nothing = telling.allow_empty;
    report.looked.nothing =
        files > 0 ? fmt::format("the rules of {} have nothing to look at here; leave {} out, or name other files; "
                                "--allow-empty lets it pass",
                                join(telling.asked, ", "), telling.groups.empty() ? "--only" : "--group")
        : !project.env_files.empty()
            ? fmt::format("{} gives no variable a value; name another file; --allow-empty lets it pass",
                          project.env_files.front().file)
            : "there is no env file, Dockerfile, compose file, nginx configuration, unit or workflow in this folder or "
              "below; start in the project's root, or name a file; --allow-empty lets it pass";
    if (sees_none && refused == 0) report.facts = report::nothing_seen;
    if (!telling.all) report.most_told = most_told;
    report.says = report::Says::verdict;
    report.tells_levels = true;
    report.counting_output = "findings";
    report.members = {report::member("profile", std::string(config::name_of(project.profile))),
                      report::member("score", json_of(result)), report::member("looked_at", looked)};
    const auto fresh = std::count_if(report.findings.begin(), report.findings.end(), report::decides) +
                       static_cast<std::ptrdiff_t>(refused) + (report.looked.refuses() && refused == 0 ? 1 : 0);
    report.outputs = {{"findings", std::to_string(fresh)}, {"score", std::to_string(result.total)}};
    return report;
}

namespace {

std::string why_not_asked(const Rule& rule, const Project& project, const Asked& asked) {
    if (!is_asked(asked, rule.id)) return "left out by --only, --skip or --group";
    const auto set = project.settings.rules.find(std::string(rule.id));
    if (set != project.settings.rules.end()) return set->second == "off" ? "off by preflight.rules" : "";
    const bool is_off = rule.levels.of(project.profile) == Level::off && asked.only.empty();
    return is_off ? fmt::format("off in {}; --only turns it on", config::name_of(project.profile)) : "";
}

}

void tell_skipped(report::Report& report, const std::vector<Settled>& settled, const Project& project,
                  const Asked& asked) {
    for (const Settled& one : settled)
        if (one.suppressed) {
            const Hit& hit = one.judged.hit;
            report.skipped.push_back({std::string(one.judged.rule->id),
                                      fmt::format("{}{} is silenced: {}", hit.file,
                                                  hit.line > 0 ? ":" + std::to_string(hit.line) : "", one.why)});
        }
    for (const auto* paths : {&project.paths, &project.ignored})
        for (const auto& path : *paths)
            if (kind_of(path) && !project.in_scope(path))
                report.skipped.push_back({"", path + " is left out: preflight.exclude matches it, it is not in the "
                                                     "given paths, or it is third-party code (node_modules, vendor)"});
    for (const Rule* rule : rules_with(project.settings.own_rules.get()))
        if (const auto why = why_not_asked(*rule, project, asked); !why.empty())
            report.skipped.push_back({std::string(rule->id), why});
    for (const auto& [rule, reason] : report.skipped)
        report.text += fmt::format("skipped: {}{}{}\n", rule, rule.empty() ? "" : ": ", one_line(reason));
}

void tell_fixes(report::Report& report, const std::vector<Change>& changes, bool dry_run) {
    report.text = show(changes);
    std::set<std::string> files;
    for (const Change& change : changes) files.insert(change.file);
    report.facts += files.empty() ? "; --fix has nothing to fix"
                                  : fmt::format("; {} {}", counted(files.size(), "file", "files"),
                                                dry_run             ? "would be fixed"
                                                : files.size() == 1 ? "is fixed"
                                                                    : "are fixed");
}

report::Report explain(const std::vector<const Rule*>& rules, const std::vector<report::KnownRule>& others) {
    report::Report report;
    sys::Json list = sys::Json::array();
    for (const Rule* rule : rules) {
        report.text += fmt::format("{}: {}\n  {}\n\n  {}\n\n  Write instead: {}\n", rule->id, rule->title,
                                   levels_of(*rule), rule->why, replace_all(rule->way_out, "\n", "\n    "));
        if (rule->fix == Fix::safe) report.text += "  --fix does it.\n";
        if (!rule->peers.empty()) report.text += fmt::format("  In other tools: {}\n", joined(rule->peers));
        if (find_rule(rule->id)) report.text += fmt::format("  docs/{}#{}\n", page, rule->id);
        list.push_back({{"id", rule->id},
                        {"title", rule->title},
                        {"levels",
                         {{"development", name_of(rule->levels.development)},
                          {"staging", name_of(rule->levels.staging)},
                          {"production", name_of(rule->levels.production)}}},
                        {"why", rule->why},
                        {"way_out", rule->way_out},
                        {"fix", rule->fix == Fix::safe ? "safe" : "none"},
                        {"peers", rule->peers},
                        {"refs", rule->refs}});
    }
    for (const report::KnownRule& rule : others) report::explain_briefly(rule, report.text, list);
    report.facts = counted(rules.size() + others.size(), "rule", "rules");
    report.members = {report::member("rules", list)};
    return report;
}

namespace {

void register_given(const std::string& name, const std::string& value) {
    register_variable(name, value);
    register_said(value);
    if (lets_in(value)) const Secret registered(value);
}

}

report::Report show_env(const read::EnvFile& env, const std::string& dialect, bool in_log) {
    report::Report report;
    sys::Json values = sys::Json::object();
    const auto all = env.values();
    // Whatever is printed is masked: the same value is hidden under each name, and encoded.
    for (const auto& [name, value] : all)
        if (in_log && value) register_given(name, *value);
    for (const auto& [name, value] : all) {
        const bool shows = !in_log || !value || !(is_secret(name, *value) || holds_credentials(*value));
        values[name] = value ? sys::Json(shows ? *value : "***") : sys::Json();
        const bool hides = value && is_secret(name, *value);
        report.text +=
            value ? fmt::format("{}={}\n", name, hides ? "***" : printable(hide_credentials(*value))) : name + "\n";
    }
    report.facts = fmt::format("{} as {} reads them", counted(all.size(), "variable", "variables"), dialect);
    report.members = {report::member("dialect", dialect), report::member("values", values)};
    return report;
}

std::string render_rules() {
    std::string text;
    std::string_view group;
    for (const Rule& rule : all_rules()) {
        if (group_of(rule.id) != group) {
            group = group_of(rule.id);
            text += fmt::format("\n## {}-*\n", group);
        }
        text += fmt::format("\n### {}\n{}. Level: {}.{}\n\n{}\n\n```text\n{}\n```\n", rule.id, rule.title,
                            levels_of(rule), rule.fix == Fix::safe ? " `--fix` fixes it." : "", rule.why, rule.way_out);
        if (!rule.peers.empty()) text += fmt::format("\nIn other tools: {}.\n", joined(rule.peers));
    }
    const auto head = [&](std::size_t minutes) {
        return fmt::format(
            "# Rules of fairlead-preflight\n\n*For anyone who has a finding. Since 0.1. {} minutes to read.*\n\nEach "
            "section describes one rule: what the rule reports, at which level, and why. The code block of the section "
            "shows what to write or do instead. The line \"In other tools\" lists the rules of other tools for the "
            "same problem. A rule with the level \"off; on by request\" is checked only if you name the rule in "
            "`--only` or `preflight.rules`. The page [preflight.md](preflight.md) explains the levels, and how to "
            "change or silence a rule.\n",
            minutes);
    };
    return head(report::minutes_to_read(head(10) + text)) + text;
}

std::span<const report::Rule> report_rules() {
    static const std::vector<report::Rule> all = [] {
        std::vector<report::Rule> rules = {{"preflight/nothing", "There was nothing to look at"},
                                           {"preflight/unread", "A file can't be read or parsed"}};
        for (auto& rule : rules) rule.page = "preflight.md";
        const auto checks = checklist_rules();
        rules.insert(rules.end(), checks.begin(), checks.end());
        for (const Rule& rule : all_rules()) {
            const Level level = rule.levels.production;
            rules.push_back(
                {rule.id, rule.title, level == Level::off ? report::Severity::warning : severity_of(level)});
        }
        return rules;
    }();
    return all;
}

}
