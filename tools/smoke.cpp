#include "inputs/smoke.h"
#include "base/secrets/credentials.h"
#include "cli/run.h"
#include "smoke/beside/expected_version.h"
#include "smoke/beside/inside.h"
#include "smoke/beside/logs.h"
#include "smoke/compare/settings.h"
#include "smoke/config.h"
#include "smoke/report_rules.h"
#include "smoke/runner.h"
#include "smoke/secrets.h"
#include "sys/files/files.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <random>

using namespace fairlead;
using smoke::Options;

namespace {

config::Value environment_of(const cli::Context& context) { return context.config.environment(context.environment); }

// Asked of the commit before only where there is something that lets in.
Result<smoke::Hearing> hearing_of(const Options& o, const cli::Context& context) {
    const bool lets_in = !o.plan.bearer.empty() || !o.every.request_headers.empty();
    auto before = lets_in ? TRY(config::before_merge(context.change, context.config, context.looked_from()))
                          : std::optional<config::Config>();
    if (!before) return smoke::hearing_of(environment_of(context));
    const auto written = TRY(config::as_written(context.config));
    return smoke::hearing_of({context.config, written, *before, context.environment, context.change.about},
                             context.place_of("bearer", "bearer_env"));
}

Result<smoke::Plan> judge(const Options& o, const cli::Context& context) {
    smoke::Plan plan = o.plan;
    plan.seed = o.seed != 0 ? static_cast<std::uint64_t>(o.seed) : std::random_device{}();
    plan.ca_place = context.place_of("ca-file", "ca_file");
    if (plan.ca_place.line > 0) plan.ca_file = TRY(smoke::certificates_of(context.config, plan.ca_file, plan.ca_place));
    std::vector<std::string> urls, scripts;
    std::partition_copy(o.urls.begin(), o.urls.end(), std::back_inserter(scripts), std::back_inserter(urls),
                        smoke::names_script);
    const bool is_asked = !o.urls.empty() || !o.scripts.globs.empty();
    if (!is_asked) {
        const auto hearing = TRY(hearing_of(o, context));
        TRY_VOID(smoke::add_section(context.section, environment_of(context), hearing, o.every, context.config.folder(),
                                    plan));
    } else {
        auto every = o.every;
        every.follows_redirects = o.scripts.switches.at("location");
        TRY_VOID(smoke::add_urls(urls, every, plan));
        TRY_VOID(smoke::add_compare({}, {}, {}, plan));
    }
    if (!o.retry_on.empty()) plan.retry.statuses = TRY(smoke::parse_codes(o.retry_on));
    if (is_asked) plan.scripts.settings.headers = o.every.request_headers;
    if (context.is_given("connect-timeout")) plan.scripts.settings.connect_timeout = plan.connect;
    auto flags = o.scripts;
    if (context.change.foreign) flags.no_secrets = context.change.about + " " + context.change.why;
    TRY_VOID(smoke::add_scripts(scripts, flags, context.variables.all(), plan));
    TRY_VOID(smoke::set_at(environment_of(context)["url"].text(), plan));
    for (const auto& log : o.logs) plan.logs.push_back({log, o.forbid, {}});
    if (o.logs.empty() && !o.forbid.empty())
        return usage("--forbid has no effect without a log; name the log with --log");
    TRY_VOID(smoke::check_logs(plan.logs));
    TRY_VOID(smoke::check_limits(plan));
    if (!o.exec.empty()) TRY_VOID(smoke::check_inside(plan));
    TRY_VOID(smoke::check_requests(plan));
    const auto source = TRY(smoke::parse_version_source(o.version_from));
    return smoke::expect_version(std::move(plan), o.version, source);
}

Result<void> check_watch(const Options& o, const cli::Context& context) {
    if (o.watch.length.count() == 0)
        for (const auto& [flag, key] : {std::pair{"every", "watch.every"}, {"watch-errors", "watch.errors"}})
            if (context.is_given(flag) && context.place_of(flag, key).line == 0)
                return usage(fmt::format("--{} has no effect without --watch; say for how long: --watch 24h", flag));
    return smoke::check_watch(o.watch);
}

// All that can be judged without asking anybody.
Result<smoke::Plan> plan_of(const Options& o, const cli::Context& context) {
    if (!o.judged) {
        auto plan = TRY(judge(o, context));
        o.judged = std::make_shared<const smoke::Plan>(std::move(plan));
    }
    return *o.judged;
}

cli::Spec spec(Options& o) {
    cli::Spec spec;
    spec.tool = "smoke";
    spec.summary = "Checks whether a deployed application really works.";
    spec.details = "Requests URLs and compares status, headers, body, JSON, time and version of the answers. It waits "
                   "for a service that is still starting; a broken service fails at once.";
    spec.inputs = smoke::inputs(o);
    spec.judges = {""};
    spec.harmless = {"expect-version", "deadline", "bearer", "jobs", "log", "strict", "fail-fast"};
    spec.outputs = {
        {"passed", "number of checks that passed"},
        {"failed", "number of checks that failed"},
        {"flaky", "number of checks that passed at a later attempt"},
        {"version", "version that answered; empty if it has characters other than letters, digits and ._+-"}};
    spec.section = smoke::fields();
    spec.milder = smoke::milder();
    spec.rules = smoke::report_rules();
    spec.hide = [&o](const auto& run) {
        register_urls_in(o.plan.compare_with);
        smoke::hide_sent(run.section, environment_of(run)["url"].text(), o.urls, o.every);
        smoke::hide_script_secrets(run.section, o.scripts, run.variables.all());
    };
    spec.writes = [&o](const cli::Context& context) {
        const auto plan = plan_of(o, context);
        return plan.ok() ? smoke::written_by_scripts(plan->scripts) : std::vector<std::string>();
    };
    spec.check = [&o](const cli::Context& context) { return cli::whether(plan_of(o, context)); };
    spec.examples = {"fairlead-smoke https://app.example.org/health",
                     "fairlead-smoke --env staging --expect-version 1.2.3",
                     "fairlead-smoke --variable host=https://app.example.org smoke/login.hurl",
                     "fairlead-smoke 'https://app.example.org/ 200 contains=Notes max=800ms'"};
    spec.action_examples = {
        {.with = {{"urls", "https://app.example.org/health"}}, .on = "workflow_dispatch"},
        {.title = "The checks of an environment, and the version that must answer:",
         .with = {{"env", "staging"}, {"expect-version", "1.4.0"}}},
        {.title = "Several URLs with expected content and times, for at most a minute:",
         .with = {{"urls", "https://app.example.org/ 200 contains=Notes max=800ms\nhttps://app.example.org/health"},
                  {"deadline", "60s"}}}};
    // deploy or git say what version "auto" is; what is held to the network may open no local socket
    spec.needs = {{cli::Need::network},
                  {cli::Need::programs_at_first},
                  {cli::Need::programs, "at"},
                  {cli::Need::programs, "exec"}};
    spec.findings_on_stderr = true;
    return spec;
}

Result<report::Report> run(const Options& o, const cli::Context& context) {
    auto plan = TRY(plan_of(o, context));
    TRY_VOID(check_watch(o, context));
    if (context.dry_run) return smoke::dry_run(plan, context.environment);
    TRY_VOID(smoke::resolve_auto(plan, context.config, context.environment));
    std::optional<smoke::Inside> inside;
    if (!o.exec.empty()) inside = TRY(smoke::Inside::open(o.exec));
    if (!inside) context.hold(); // before a server is asked
    sys::Http& http = inside ? *inside : sys::real_http();
    auto watch = o.watch;
    watch.strict = o.strict;
    auto tried = TRY(smoke::watch_over(plan, watch, http, sys::real_clock()));
    auto report = smoke::report_of(tried, context.environment, context.config.file());
    report.looked.may_be_nothing = smoke::is_empty_by_word(plan);
    report.looked.at_all = o.urls.empty() && o.scripts.globs.empty() && !o.plan.fail_fast;
    return report;
}

}

int main(int count, char** words) {
    Options o;
    return cli::run(spec(o), count, words, [&](const cli::Context& context) { return run(o, context); });
}
