#include "preflight/run.h"
#include "base/text.h"
#include "preflight/checklists/run.h"
#include "preflight/checklists/sign.h"
#include "preflight/fix.h"
#include "preflight/host/django_check.h"
#include "preflight/host/machine.h"
#include "preflight/report.h"
#include "preflight/silence.h"
#include "preflight/silenced.h"
#include "preflight/variables.h"
#include "preflight/wanted.h"
#include "preflight/word.h"
#include "read/env/env.h"
#include "report/baseline.h"
#include "sys/clock.h"
#include "sys/files/files.h"
#include "sys/files/owned/owned.h"
#include "sys/git/repository.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace fairlead::preflight {

namespace {

constexpr std::uint64_t longest_env = 64u << 20, longest_stdin = 16u << 20;

// Until nothing is left that --fix can do: what one edit shows another may mend.
Result<std::vector<Change>> fix_all(const Wanted& wanted, const Request& request, Looked& looked,
                                    std::vector<Settled>& settled,
                                    const std::function<std::vector<Settled>(const Looked&)>& judge_again) {
    std::vector<Change> all;
    constexpr int most_rounds = 5;
    for (int round = 0; round < most_rounds; ++round) {
        std::vector<Edit> edits;
        for (const auto& one : settled)
            if (!one.suppressed && one.judged.rule->fix == Fix::safe)
                edits.insert(edits.end(), one.judged.hit.edits.begin(), one.judged.hit.edits.end());
        auto changes = changes_of(std::move(edits), looked.project.read);
        if (changes.empty()) break;
        if (!request.dry_run)
            for (const Change& change : changes) {
                const auto file = TRY(looked.root.real(change.file)); // a link within the tree stays one
                const auto whole = looked.root.path() / file;
                if (const auto owner = change.is_new ? std::nullopt : sys::find_stranger(whole, whole, {}))
                    return usage(fmt::format("{} belongs to {}; --fix would make it yours; run --fix as {}",
                                             change.file, owner->user, owner->user));
                const auto info = looked.root.look(file);
                const unsigned mode = change.mode.value_or(info.ok() && !change.is_new ? info->mode & 07777 : 0644);
                TRY_VOID(looked.root.write(file, change.after, mode));
            }
        all.insert(all.end(), changes.begin(), changes.end());
        if (request.dry_run) break; // what is not written can't be judged again
        looked = TRY(look(wanted));
        settled = judge_again(looked);
    }
    return all;
}

}

Result<void> check(const Request& request, const config::Config& config, const config::Value& section) {
    for (const auto* key : {"env_files", "compose_files"})
        for (const auto& value : section[key].items())
            if (!std::filesystem::is_regular_file(sys::Path(config.folder()) / value.text()))
                return value.error(
                    fmt::format("{} names '{}', which is not a file; name a file that exists", key, value.text()));
    const auto settings = TRY(settings_of(request, section, sys::Environment({})));
    TRY_VOID(check_asked(request.asked, settings.own_rules.get()));
    if (request.asked.severity > request.fail_on)
        return usage(fmt::format(
            "--severity {0} hides findings that --fail-on {1} counts; write --severity {1}, or --fail-on {0}",
            name_of(request.asked.severity), name_of(request.fail_on)));
    if (request.fix && !request.stdin_name.empty())
        return usage("--fix would write over the file that --stdin-name names; leave one of them out");
    for (const auto& url : request.urls) TRY_VOID(check_site_url(url));
    if (request.dry_run && !request.urls.empty())
        return usage("--url asks a server and --dry-run starts nothing; leave one of them out");
    if (request.dry_run && (request.run_django || asks_host(request.asked)))
        return usage(fmt::format("{} starts programs and --dry-run starts nothing; leave one of them out",
                                 request.run_django ? "--run-django" : "a rule of the group host"));
    if (request.command == "checklist") TRY_VOID(check_checklist(request));
    if (request.command == "sign") TRY_VOID(check_sign(request));
    const bool reads_stdin = std::find(request.targets.begin(), request.targets.end(), "-") != request.targets.end();
    if (reads_stdin && request.stdin_name.empty())
        return usage("- is standard input, which has no name; give it a name: --stdin-name Dockerfile -");
    if (!reads_stdin && !request.stdin_name.empty())
        return usage("--stdin-name names standard input, but it isn't judged; add - to the files");
    if (request.command == "explain" && request.targets.empty())
        return usage("explain needs the id of a rule; fairlead-preflight rules lists the rules");
    return {};
}

std::vector<std::string> writes(const Request& request) {
    if (request.command == "sign" && !request.dry_run) return {sign_folder()};
    if (request.dry_run || request.command != "check") return {};
    const bool baseline = request.what != Request::Baseline::read;
    if (!request.fix && !baseline) return {};
    const auto repository = sys::Repository::open(".");
    const sys::Path root = repository.ok() ? repository->work_tree() : ".";
    if (request.fix) return {root.string() + "/"};
    return {(root / request.baseline).string()};
}

namespace {

// fairlead.yml is read for a team's rules only: whoever is stuck with it asks what one of ours means.
Result<report::Report> explain_all(const Request& request, const Surroundings& around) {
    Settings settings;
    const auto& ids = request.targets;
    const auto known = report::known_rules("preflight", report_rules()); // those of no file, too
    const auto known_as = [&](const std::string& id) {
        return std::find_if(known.begin(), known.end(), [&](const auto& one) { return one.id == id; });
    };
    if (std::any_of(ids.begin(), ids.end(),
                    [&](const std::string& id) { return !find_rule(id) && known_as(id) == known.end(); })) {
        const auto config = TRY(config::load({.path = {},
                                              .folder = std::filesystem::current_path().string(),
                                              .environment = &around.variables,
                                              .environment_name = {},
                                              .tool = "preflight",
                                              .fields = settings_rows().fields(),
                                              .change = &around.change}));
        settings = TRY(settings_of(request, config.section("preflight"), around.variables));
    }
    std::vector<const Rule*> rules;
    std::vector<report::KnownRule> others;
    for (const auto& id : ids)
        if (const Rule* rule = find_rule(id, settings.own_rules.get()))
            rules.push_back(rule);
        else if (const auto other = known_as(id); other != known.end())
            others.push_back(*other);
        else
            TRY_VOID(check_rules({id}, "explain", settings.own_rules.get()));
    return explain(rules, others);
}

// What that dialect's reader would see. Error (usage): it refuses the file.
Result<report::Report> print_env(const Request& request, const Surroundings& around) {
    const auto named = TRY(sys::named_by_person(std::filesystem::current_path(), request.print_env));
    const auto text = named.root.read(named.path, longest_env);
    if (!text.ok()) return usage(text.error().message);
    const std::string dialect = request.dialect.empty() ? "compose" : request.dialect;
    const auto read = read::read_env(text.value(), *read::dialect_named(dialect),
                                     [&](const std::string& name) { // an empty one is set, too
                                         const auto& all = around.variables.all();
                                         const auto found = all.find(name);
                                         return found == all.end() ? std::nullopt : std::optional(found->second);
                                     });
    if (read.refused) {
        const read::Problem problem = read.problems.empty() ? read::Problem{} : read.problems.front();
        return usage(fmt::format("{} refuses the file: {}", dialect, problem.message),
                     {request.print_env, problem.line, problem.column, ""});
    }
    return show_env(read, dialect,
                    !around.is_seen_only || sys::detect_platform(around.variables) != sys::Platform::terminal);
}

std::set<std::string> waived_rules(const config::Config& config) {
    std::set<std::string> rules;
    for (const auto& waiver : config.root()["waivers"].items())
        if (const auto rule = waiver["rule"].text(); rule.starts_with("preflight/")) rules.insert(rule.substr(10));
    return rules;
}

// The project with what is asked for besides: input, sites, the machine, Django. Gives up rights once these have
// answered.
Result<Looked> look_and_ask(Wanted& wanted, const Request& request, const Surroundings& around) {
    if (!wanted.stdin_name.empty()) wanted.stdin_text = TRY(sys::read_stream(0, longest_stdin));
    for (const auto& url : request.urls) {
        auto site = TRY(ask_site(url, ask_by_helper, sys::real_clock()));
        wanted.sites.push_back(std::move(site));
    }
    if (asks_host(request.asked)) // files of the project are read after that only
        wanted.machine = std::make_shared<const Machine>(look_at_machine(
            ".", wanted.variables, [&](std::string_view rule) { return is_asked(request.asked, rule); }));
    if (!request.run_django) around.hold();
    auto looked = TRY(look(wanted));
    if (request.run_django) {
        wanted.django = TRY(ask_django(looked.project, looked.root.path().string()));
        looked.project.django = wanted.django;
        around.hold();
    }
    return looked;
}

// With --dry-run the report says that it would be written.
Result<void> write_baseline(report::Report& report, const report::Baseline& baseline, const Request& request,
                            const sys::Root& root) {
    const auto accept = request.what == Request::Baseline::accept_new ? report::AcceptNew::yes : report::AcceptNew::no;
    const auto lines = rewrite(report, baseline, accept);
    report.facts += fmt::format("; {} {}", request.baseline, request.dry_run ? "would be written" : "is written");
    if (request.dry_run) return {};
    const sys::Path path = request.baseline;
    if (path.has_parent_path()) TRY_VOID(root.make_folders(path.parent_path()));
    return root.write(path, lines);
}

Result<report::Report> judge_project(const Request& request, const Surroundings& around) {
    const bool writes_baseline = request.what != Request::Baseline::read;
    if (writes_baseline && (!request.targets.empty() || !asks_all(request.asked)))
        return usage("--write-baseline needs all findings; use it without paths, --only, --skip, --group, --severity");
    const auto settings = TRY(settings_of(request, around.section, around.variables));
    auto wanted = wanted_of(request, around, settings);
    auto looked = TRY(look_and_ask(wanted, request, around));
    Word word(looked, around);
    const auto text = TRY(word.policy(request.baseline));
    const auto baseline = TRY(report::Baseline::parse(text, request.baseline, format_utc(wanted.now).substr(0, 10)));

    SilencedByChange silenced(around.change, word.repository());
    silenced.look_at_baseline(request.baseline, text);
    const auto judge_again = [&](const Looked& now) {
        const Silencing silencing{.today = format_utc(wanted.now).substr(0, 10),
                                  .read = now.project.read,
                                  .base = [&](const std::string& path) { return word.base(path); },
                                  .seen = [&](const SilencingComment& comment) { silenced.look_at(comment); }};
        return settle(judge(now.project, request.asked), now.project, silencing, request.asked);
    };
    auto settled = judge_again(looked);
    std::vector<Change> changes;
    if (request.fix) changes = TRY(fix_all(wanted, request, looked, settled, judge_again));
    const bool all = request.targets.empty() && looked.folder.empty() && asks_all(request.asked);
    auto report = to_report(settled, looked.project,
                            {.fail_on = request.fail_on,
                             .allow_empty = request.allow_empty,
                             .looked_at_all = all,
                             .all = request.all,
                             .waived = waived_rules(around.config),
                             .groups = request.asked.groups,
                             .asked = groups_asked(request.asked, looked.project)},
                            baseline);
    for (auto& finding : silenced.take()) report.findings.push_back(std::move(finding));
    if (request.fix) tell_fixes(report, changes, request.dry_run);
    if (request.explain) tell_skipped(report, settled, looked.project, request.asked);
    if (writes_baseline && !report.looked.refuses()) TRY_VOID(write_baseline(report, baseline, request, looked.root));
    return report;
}

}

Result<report::Report> run(const Request& request, const Surroundings& around) {
    TRY_VOID(check(request, around.config, around.section));
    if (request.command == "explain") return explain_all(request, around);
    if (request.command == "checklist") return walk_checklist(request, around);
    if (request.command == "sign") return sign_items(request, around);
    if (request.command == "env") {
        const auto settings = TRY(settings_of(request, around.section, around.variables));
        const auto looked = TRY(look(wanted_of(request, around, settings)));
        std::string page = request.page;
        if (!page.empty()) // as it is typed here, not from the root
            page = looked.root.relative(std::filesystem::absolute(page).lexically_normal()).value_or(page);
        return show_variables(looked.project, page);
    }
    if (!request.print_env.empty()) return print_env(request, around);
    return judge_project(request, around);
}

}
