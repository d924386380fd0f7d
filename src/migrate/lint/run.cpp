#include "migrate/lint/run.h"
#include "base/text.h"
#include "base/time.h"
#include "base/words.h"
#include "migrate/settings.h"
#include "sys/clock.h"
#include "sys/data/json.h"
#include "sys/files/beneath.h"
#include "sys/files/files.h"
#include "sys/git/repository.h"
#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <set>

namespace fairlead::migrate::lint {

namespace {

sql::Dialect dialect_of(const std::string& engine) {
    return engine == "sqlite" ? sql::Dialect::sqlite : engine == "mysql" ? sql::Dialect::mysql : sql::Dialect::postgres;
}

Result<int> version_of(const std::string& text) {
    int version = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
    constexpr int oldest = 10, newest = 30;
    if (error != std::errc() || end != text.data() + text.size() || version < oldest || version > newest)
        return usage(fmt::format("--postgres: '{}' is not a major version of PostgreSQL; write --postgres 16", text));
    return version;
}

Result<Options> options_of(const Request& request, const config::Config& config, const config::Value& section) {
    Settings settings;
    TRY_VOID(settings_rows().read(section, settings));
    Options options;
    options.postgres = static_cast<int>(std::min<std::int64_t>(settings.postgres, 99));
    if (!request.postgres.empty()) options.postgres = TRY(version_of(request.postgres));
    options.transaction = request.transaction == "file"   ? Transaction::file
                          : request.transaction == "none" ? Transaction::none
                                                          : Transaction::automatic;
    options.profile = request.environment.empty() ? config::Profile::production : config.profile(request.environment);
    options.dialect = dialect_of(request.engine.empty() ? settings.engine : request.engine);
    options.layout = settings.layout == "flyway" ? files::Layout::flyway : files::Layout::plain;
    options.only = request.only;
    options.skip = request.skip;
    options.levels = settings.rules;
    options.has_lock_timeout = settings.lock_timeout > Milliseconds(0);
    options.has_statement_timeout = settings.statement_timeout > Milliseconds(0);
    options.today = format_utc(sys::real_clock().now()).substr(0, 10);
    return options;
}

// By the number that the name begins with, then by the name: 9 before 10.
std::pair<std::string, std::string> order_of(const std::string& path) {
    const std::string name = sys::Path(path).filename().string();
    std::string digits = name.substr(0, name.find_first_not_of("0123456789"));
    digits.erase(0, digits.find_first_not_of('0'));
    constexpr std::size_t width = 40;
    return {digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits, name};
}

Result<std::vector<std::string>> files_in(const std::string& folder) {
    auto files = TRY(sys::glob(folder, "*.sql"));
    std::erase_if(files, [](const std::string& file) { return file.starts_with('.'); }); // up doesn't see them, either
    for (auto& file : files) file = (sys::Path(folder) / file).lexically_normal().string();
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return order_of(a) < order_of(b); });
    return files;
}

Result<File> read(const std::string& path) {
    const auto named = TRY(sys::named_by_person(std::filesystem::current_path(), path));
    auto text = sys::FrozenText::read(named.root, named.path, files::longest_file);
    if (!text.ok()) return usage(text.error().message);
    return File{path, std::move(text).value(), true};
}

// What is judged, and beside it the twins that take it back.
Result<std::vector<File>> read_all(const std::vector<std::string>& paths, files::Layout layout) {
    std::vector<File> files;
    std::set<std::string> seen;
    for (const auto& path : paths) {
        if (!seen.insert(path).second) continue;
        File file = TRY(read(path));
        files.push_back(std::move(file));
        const auto twin = twin_of(path, layout);
        const bool is_named = std::find(paths.begin(), paths.end(), twin) != paths.end();
        if (twin.empty() || is_named || sys::inspect(twin).type == sys::FileType::absent) continue;
        File back = TRY(read(twin));
        back.judged = false;
        files.push_back(std::move(back));
    }
    return files;
}

bool is_seed(const std::string& path, const config::Config& config, const Settings& settings) {
    const auto whole = std::filesystem::absolute(path).lexically_normal().string();
    return std::any_of(settings.seeds.begin(), settings.seeds.end(), [&](const Seed& seed) {
        const sys::Path file = config.present() ? sys::Path(config.folder()) / seed.file : sys::Path(seed.file);
        const auto its = std::filesystem::absolute(file).lexically_normal().string();
        return its == whole || its.starts_with(whole + "/");
    });
}

struct Asked {
    std::vector<std::string> paths;
    std::vector<report::Finding> strays;
    std::vector<Error> faults;
    std::vector<std::string> others, looked; // what isn't SQL; folders and files
};

// What `up` refuses a folder for, whatever stands in its files. Of a folder that was named, which may be another
// tool's, strays are warnings.
Result<void> look_at_names(Asked& asked, const std::string& folder, const config::Config& config,
                           const Settings& settings, const Options& options, bool is_named) {
    const auto names = TRY(files::names_in(folder, options.layout));
    for (const auto& fault : names.faults) {
        asked.faults.push_back(fault.error);
        asked.faults.back().place = {fault.path, 1, 0, ""};
    }
    asked.others.insert(asked.others.end(), names.others.begin(), names.others.end());
    const bool decides = !is_named && options.profile == config::Profile::production;
    auto strays =
        tell_strays(names.strays, config, settings, decides ? report::Severity::error : report::Severity::warning);
    asked.strays.insert(asked.strays.end(), strays.begin(), strays.end());
    return {};
}

Result<Asked> paths_of(const Request& request, const config::Config& config, const config::Value& section,
                       const Options& options) {
    Asked asked;
    std::vector<std::string> named = request.files;
    const bool is_named = !named.empty();
    Settings settings;
    TRY_VOID(settings_rows().read(section, settings));
    if (!is_named) {
        const sys::Path folder = config.present() ? sys::Path(config.folder()) / settings.dir : sys::Path(settings.dir);
        named.push_back(folder.lexically_proximate(std::filesystem::current_path()).string());
        asked.looked = named;
        if (sys::inspect(named.front()).type == sys::FileType::absent) return asked;
    }
    asked.looked = named;
    for (const auto& each : named) {
        std::error_code ignored;
        if (!std::filesystem::is_directory(each, ignored)) {
            asked.paths.push_back(each);
            continue;
        }
        auto files = TRY(files_in(each));
        std::erase_if(files, [&](const std::string& file) { return is_seed(file, config, settings); });
        asked.paths.insert(asked.paths.end(), files.begin(), files.end());
        TRY_VOID(look_at_names(asked, each, config, settings, options, is_named));
    }
    return asked;
}

// The files as the base commit has them.
struct Base {
    std::string commit;
    std::optional<sys::Repository> repository = {};
    std::map<std::string, Stood> files = {};

    const Stood* at(const std::string& path) {
        if (const auto known = files.find(path); known != files.end()) return &known->second;
        if (!repository && !commit.empty()) {
            if (auto opened = sys::Repository::open("."); opened.ok()) repository = std::move(opened).value();
        }
        std::string text;
        if (repository) {
            const auto whole = std::filesystem::absolute(path).lexically_relative(repository->work_tree());
            text = repository->read_blob(commit, whole.lexically_normal().string()).value_or("");
        }
        return &files.emplace(path, Stood(text)).first->second;
    }
};

}

std::vector<report::Finding> tell_strays(const std::vector<files::Stray>& strays, const config::Config& config,
                                         const Settings& settings, report::Severity severity) {
    std::vector<report::Finding> findings;
    for (const auto& stray : strays)
        if (!is_seed(stray.path, config, settings)) findings.push_back(finding_of(stray, severity));
    return findings;
}

Result<void> check(const Request& request, const config::Value& section) {
    Settings settings;
    TRY_VOID(settings_rows().read(section, settings));
    TRY_VOID(check_rules(request.only, "--only"));
    TRY_VOID(check_rules(request.skip, "--skip"));
    Options options;
    options.only = request.only;
    options.skip = request.skip;
    options.levels = settings.rules;
    const std::string engine = request.engine.empty() ? settings.engine : request.engine;
    options.dialect = dialect_of(engine);
    if (!(request.only.empty() && request.skip.empty()) && !asks_any(options))
        return usage(fmt::format("no rule is left for {}; take a rule out of --only or --skip (fairlead-migrate rules "
                                 "lists each rule's engine)",
                                 engine));
    if (!request.postgres.empty()) TRY(version_of(request.postgres));
    return {};
}

Result<report::Report> lint(const Request& request, const config::Config& config, const config::Value& section,
                            bool is_foreign) {
    TRY_VOID(check(request, section));
    Options options = TRY(options_of(request, config, section));
    Base base{config.base_commit()};
    if (is_foreign) options.base = [&](const std::string& path) { return base.at(path); };
    auto asked = TRY(paths_of(request, config, section, options));
    const auto files = TRY(read_all(asked.paths, options.layout));
    report::Report report;
    report.says = report::Says::verdict;
    report.tells_levels = true;
    report.rules = report_rules();
    report.counting_output = "findings";
    const bool is_all = request.files.empty() && request.only.empty() && request.skip.empty();
    report.looked.at_all = is_all;
    if (files.empty()) {
        report.facts = "nothing was looked at";
        report.outputs = {{"findings", "1"}};
        report.verdict = report::Verdict::fail;
        report.stays_no = report.facts;
        report.findings.push_back({.rule = "migrate/nothing",
                                   .message = files::nothing_in(join(asked.looked, ", "), asked.others) +
                                              "; name the files, or say migrate.dir in fairlead.yml"});
        for (auto& stray : asked.strays) report.findings.push_back(std::move(stray));
        return report;
    }
    report.findings = judge(files, options, asked.faults);
    // Nobody runs it, so nothing has to take it back.
    std::erase_if(report.findings, [&](const report::Finding& finding) {
        return finding.rule == "mig-no-down" &&
               std::any_of(asked.strays.begin(), asked.strays.end(),
                           [&](const report::Finding& stray) { return stray.file == finding.file; });
    });
    for (auto& stray : asked.strays) report.findings.push_back(std::move(stray));
    report::sort_findings(report.findings);
    std::map<report::Severity, std::size_t> counts;
    std::size_t suppressed = 0;
    for (const auto& finding : report.findings) {
        if (finding.state == report::State::fresh)
            ++counts[finding.severity];
        else
            ++suppressed;
        if (report::decides(finding)) report.verdict = report::Verdict::fail;
    }
    report.outputs = {{"findings", std::to_string(counts[report::Severity::error])}};
    const auto judged = static_cast<std::size_t>(
        std::count_if(files.begin(), files.end(), [](const File& file) { return file.judged; }));
    report.facts =
        fmt::format("{}: {}, {}, {} info{}", counted(judged, "file", "files"),
                    counted(counts[report::Severity::error], "error", "errors"),
                    counted(counts[report::Severity::warning], "warning", "warnings"), counts[report::Severity::info],
                    suppressed > 0 ? fmt::format(", {} suppressed", suppressed) : "");
    return report;
}

Result<report::Report> plan(const Request& request, const config::Config& config, const config::Value& section) {
    TRY_VOID(check(request, section));
    if (request.plan.empty()) return usage("plan needs --file FILE, the migration whose statements are shown");
    const Options options = TRY(options_of(request, config, section));
    const File file = TRY(read(request.plan));
    const auto told = TRY(statements(file, options));
    report::Report report;
    sys::Json list = sys::Json::array();
    for (const Told& one : told) {
        list.push_back(as_json(one));
        report.text += fmt::format("{}:{}: {}{}\n", file.path, one.line, described(one),
                                   one.transactional ? "" : "; not in a transaction");
    }
    report.facts = counted(count_of(told), "statement", "statements");
    report.members = {report::member("statements", std::move(list))};
    return report;
}

}
