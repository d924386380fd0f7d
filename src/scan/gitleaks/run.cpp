#include "scan/gitleaks/run.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "base/words.h"
#include "scan/gitleaks/look.h"
#include "scan/gitleaks/report.h"
#include "scan/sources.h"
#include "scan/verdict.h"
#include "sys/files/files.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::scan::gitleaks {
namespace {

using What = Target::What;

What what_of(const Request& request) {
    if (request.command == "stdin" || request.pipe) return What::input;
    if (request.command == "dir" || request.no_git) return What::folder;
    if (request.staged) return What::staged;
    return request.command == "protect" || request.pre_commit ? What::unstaged : What::history;
}

// Where settings are read from: a fork's change doesn't choose its own.
struct Sources {
    std::optional<sys::Repository> repository;
    Word word;

    // `path` is absolute or from the current folder. Empty: it is absent.
    Result<std::string> text(const std::string& path) const {
        if (!word.of_base) return read_policy(std::nullopt, word, path);
        if (!repository) return std::string();
        const sys::Path whole = std::filesystem::absolute(path).lexically_normal();
        const auto relative = whole.lexically_relative(repository->work_tree()).generic_string();
        if (relative.starts_with("..")) return read_policy(std::nullopt, {}, path); // the job's own file
        return read_policy(repository, word, relative);
    }
};

std::string below(const std::string& folder, std::string_view name) {
    return (sys::Path(folder) / name).lexically_normal().string();
}

bool is_folder(const std::string& path) { return sys::inspect(path).type == sys::FileType::folder; }

// The file that gitleaks would read; empty: it uses its built-in rules.
std::string config_path(const Request& request, const sys::Environment& variables) {
    if (!request.config.empty()) return request.config;
    if (const auto path = variables.get("GITLEAKS_CONFIG"); path && !path->empty()) return *path;
    const std::string own = below(request.path, ".gitleaks.toml");
    return is_folder(request.path) && sys::inspect(own).type != sys::FileType::absent ? own : std::string();
}

Result<Configuration> configuration_of(const Request& request, const Sources& sources,
                                       const sys::Environment& variables) {
    const auto text = variables.get("GITLEAKS_CONFIG_TOML");
    const std::string path = config_path(request, variables);
    if (request.config.empty() && variables.get_or("GITLEAKS_CONFIG", "").empty() && text && !text->empty())
        return read_configuration(*text, "GITLEAKS_CONFIG_TOML", [&](const auto& file) { return sources.text(file); });
    if (path.empty()) return built_in_configuration();
    const std::string there = TRY(sources.text(path));
    if (there.empty() && sources.word.of_base) return built_in_configuration(); // what the change brings doesn't count
    if (there.empty())
        return usage(fmt::format("{} does not exist, or is empty; name a configuration of gitleaks", path));
    return read_configuration(there, path, [&](const auto& file) { return sources.text(file); });
}

Result<IgnoreList> ignored_of(const Request& request, const Sources& sources) {
    std::set<std::string> paths = {below(request.path, ".gitleaksignore")};
    if (is_folder(request.ignore_path))
        paths.insert(below(request.ignore_path, ".gitleaksignore"));
    else
        paths.insert(request.ignore_path);
    std::string text;
    for (const std::string& path : paths) text += TRY(sources.text(path)) + "\n";
    return IgnoreList::parse(text);
}

Result<Known> known_of(const Request& request, const Sources& sources) {
    Known known{.ignored = {}, .baseline = {}, .redact = static_cast<unsigned>(request.redact)};
    known.ignored = TRY(ignored_of(request, sources));
    if (request.baseline.empty()) return known;
    const std::string text = TRY(sources.text(request.baseline));
    if (text.empty())
        return usage(fmt::format("--baseline-path {}: there is no such file, or it is empty; name a JSON report",
                                 request.baseline));
    known.baseline = TRY(Baseline::parse(text, request.baseline));
    return known;
}

Result<Target> target_of(const Request& request, const sys::Environment& variables) {
    Target target{.what = what_of(request), .path = request.path, .log = {}, .input = {}, .left_out = {}};
    target.log = TRY(LogOptions::parse(request.log_options));
    if (request.log_options.empty()) target.log.all = true;
    if (target.what == What::input) target.input = TRY(sys::read_stream(0, largest_input));
    target.follow_links = request.follow_links;
    target.archive_depth = static_cast<int>(request.archive_depth);
    target.most_megabytes = static_cast<std::uint64_t>(request.most_megabytes);
    const std::string config = config_path(request, variables);
    target.left_out.insert(config.empty() ? below(request.path, ".gitleaks.toml") : config);
    if (!request.baseline.empty()) target.left_out.insert(request.baseline);
    return target;
}

// A file may be named by the secret that it holds.
std::string without(const std::string& text, const std::string& secret) {
    return maskable(secret) ? replace_all(text, secret, "***") : text;
}

report::Finding told(const Finding& found) {
    report::Finding finding{.rule = found.rule, .file = without(found.file, found.secret)};
    finding.line = found.line;
    finding.column = found.column;
    finding.end_line = found.last_line;
    finding.end_column = found.last_column;
    const std::string what = found.description.empty() ? "A secret" : found.description;
    finding.message = found.commit.empty() ? fmt::format("{}; revoke it where it was issued, then remove it", what)
                                           : fmt::format("{}, added in commit {}; revoke it where it was issued", what,
                                                         found.commit.substr(0, 12));
    finding.fingerprint = without(found.fingerprint(), found.secret);
    if (!found.commit.empty()) finding.refs.push_back("commit " + found.commit);
    return finding;
}

std::string facts_of(const Looked& looked) {
    const std::size_t secrets = looked.findings.size();
    std::string facts = (secrets == 0 ? "no secret" : counted(secrets, "secret", "secrets")) + " in ";
    if (looked.commits > 0) facts += counted(looked.commits, "commit", "commits") + ", ";
    facts += counted(looked.files, "piece", "pieces") + ", " + counted(looked.bytes, "byte", "bytes");
    return facts + counted_skipped(looked.skipped);
}

std::vector<RuleName> names_of(const Configuration& configuration) {
    std::vector<RuleName> names;
    for (const Rule& rule : configuration.rules) names.push_back({rule.id, rule.description});
    for (const scan::Rule* rule : configuration.built_in)
        names.push_back({std::string(rule->id), std::string(rule->title)});
    if (configuration.extended)
        std::sort(names.begin(), names.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    return names;
}

report::Report to_report(const Request& request, const Looked& looked, const Configuration& configuration) {
    report::Report report;
    for (const Finding& found : looked.findings) report.findings.push_back(told(found));
    report.verdict = looked.findings.empty() ? report::Verdict::pass : report::Verdict::fail;
    report.facts = facts_of(looked);
    for (const auto& [reason, paths] : looked.skipped)
        report.skipped.push_back({reason, fmt::format("{}", fmt::join(paths, ", "))});
    report.counting_output = "findings";
    report.outputs = {{"findings", std::to_string(looked.findings.size())}};
    const auto format = report_format(request.report_path, request.report_format);
    if (format.ok() && !format.value().empty())
        report.bodies[std::string(report_prefix) + format.value()] =
            write_report(format.value(), looked.findings, names_of(configuration));
    return report;
}

Result<void> check_range(std::string_view flag, std::int64_t value, std::int64_t least, std::int64_t most) {
    if (value >= least && value <= most) return {};
    return usage(fmt::format("--{} {} is out of range; expected {} to {}", flag, value, least, most));
}

}

Result<std::string> report_format(std::string_view path, std::string_view format) {
    const auto known = report_formats();
    const std::string name = lower(trim(format));
    if (path.empty()) {
        if (!name.empty()) return usage("--report-format needs --report-path FILE, or - for standard output");
        return std::string();
    }
    const std::string wanted = name.empty() ? lower(path.substr(std::min(path.rfind('.'), path.size()))) : "." + name;
    for (const std::string_view each : known)
        if (wanted == "." + std::string(each) && (!name.empty() || each != "junit")) return std::string(each);
    if (name.empty())
        return usage(fmt::format("--report-path {}: no format follows from the name; add --report-format json, csv, "
                                 "junit or sarif",
                                 path));
    return usage(fmt::format("--report-format '{}' is unknown; expected json, csv, junit or sarif", format));
}

void warn_of(const Configuration& configuration) {
    for (const std::string& warning : configuration.warnings) sys::log_warning(warning);
}

Result<void> check(const Request& request) {
    TRY_VOID(check_range("exit-code", request.exit_code, 0, 255));
    TRY_VOID(check_range("redact", request.redact, 0, 100));
    TRY_VOID(check_range("max-decode-depth", request.decode_depth, 0, 100));
    TRY_VOID(check_range("max-archive-depth", request.archive_depth, 0, 100));
    TRY_VOID(check_range("max-target-megabytes", request.most_megabytes, 0, 1'000'000));
    TRY_VOID(LogOptions::parse(request.log_options));
    TRY_VOID(report_format(request.report_path, request.report_format));
    return {};
}

Result<report::Report> run(const Request& request, const config::Change& change, const sys::Environment& variables) {
    TRY_VOID(check(request));
    auto found = sys::Repository::open(is_folder(request.path) ? request.path : ".");
    Sources sources{.repository = {}, .word = {change.foreign, change.base}};
    if (found.ok()) sources.repository = std::move(found).value();
    Configuration configuration = TRY(configuration_of(request, sources, variables));
    warn_of(configuration);
    if (!request.enabled.empty()) TRY_VOID(keep_rules(configuration, request.enabled));
    Known known = TRY(known_of(request, sources));
    const Target target = TRY(target_of(request, variables));
    Detector::Settings settings{.decode_depth = static_cast<int>(request.decode_depth)};
    settings.most_megabytes = static_cast<std::size_t>(request.most_megabytes);
    settings.honour_allow = !request.ignores_allow && !change.foreign;
    Detector detector = TRY(Detector::make(std::move(configuration), settings));
    const Looked looked = TRY(look(target, detector, known));
    return to_report(request, looked, detector.configuration());
}

}
