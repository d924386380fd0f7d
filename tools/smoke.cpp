#include "cli/run.h"
#include "smoke/config.h"
#include "smoke/expected_version.h"
#include "smoke/report_rules.h"
#include "smoke/runner.h"
#include "smoke/secrets.h"
#include "sys/files/files.h"
#include <random>

using namespace fairlead;

namespace {

struct Options {
    smoke::Plan plan;
    std::vector<std::string> urls;
    smoke::ForEveryUrl every;
    std::string version, version_from = "json:$.version";
    std::int64_t seed = 0;
    bool strict = false;
};

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

// All that can be judged without asking anybody.
Result<smoke::Plan> plan_of(const Options& o, const cli::Context& context) {
    smoke::Plan plan = o.plan;
    plan.seed = o.seed != 0 ? static_cast<std::uint64_t>(o.seed) : std::random_device{}();
    plan.ca_place = context.place_of("ca-file", "ca_file");
    if (plan.ca_place.line > 0) plan.ca_file = TRY(smoke::certificates_of(context.config, plan.ca_file, plan.ca_place));
    if (o.urls.empty()) {
        const auto hearing = TRY(hearing_of(o, context));
        TRY_VOID(smoke::add_section(context.section, environment_of(context), hearing, o.every, plan));
    } else {
        TRY_VOID(smoke::add_urls(o.urls, o.every, plan));
    }
    TRY_VOID(smoke::check_limits(plan));
    TRY_VOID(smoke::check_requests(plan));
    const auto source = TRY(smoke::parse_version_source(o.version_from));
    return smoke::expect_version(std::move(plan), o.version, source);
}

cli::Spec spec(Options& o) {
    smoke::Plan& plan = o.plan;
    cli::Spec spec;
    spec.tool = "smoke";
    spec.summary = "Does what we deployed really work?";
    spec.details = "Asks URLs and compares status, headers, body, JSON, time and the version that answers. A service "
                   "that is still starting is waited for; one that is broken fails at once.";
    spec.inputs = {
        {.name = "urls",
         .target = &o.urls,
         .help = "URLs to ask, each with [status] [key=value ...], one per line.",
         .placeholder = "URL",
         .positional = true,
         .lines = true},
        {.name = "expect-status",
         .target = &o.every.status,
         .help = "Status of every URL: 200, 200-299 or 2xx.",
         .group = "every URL",
         .placeholder = "STATUS"},
        {.name = "expect-body",
         .target = &o.every.body,
         .help = "Body of every URL: equals, '~ contains', '/pattern/'.",
         .placeholder = "TEXT"},
        {.name = "expect-json",
         .target = &o.every.json,
         .help = "Value in the JSON of every URL, as PATH=VALUE.",
         .placeholder = "PATH=VALUE",
         .lines = true},
        {.name = "expect-header",
         .target = &o.every.headers,
         .help = "Header of every URL, as NAME=VALUE.",
         .placeholder = "NAME=VALUE",
         .lines = true},
        {.name = "max-duration", .target = &o.every.max, .help = "Longest time of an answer of every URL."},
        {.name = "expect-version",
         .target = &o.version,
         .help = "Version, tag or commit that must answer; auto: what deploy says is live, else HEAD.",
         .group = "version",
         .placeholder = "VERSION"},
        {.name = "version-from",
         .target = &o.version_from,
         .help = "Where the service tells its version: json:$.version, header:X-Release or body.",
         .key = "ready.from",
         .placeholder = "SOURCE"},
        {.name = "deadline",
         .target = &plan.deadline,
         .help = "For everything, the wait included.",
         .key = "deadline",
         .group = "waiting"},
        {.name = "timeout", .target = &plan.timeout, .help = "One attempt.", .key = "defaults.timeout"},
        {.name = "connect-timeout",
         .target = &plan.connect,
         .help = "Making the connection.",
         .key = "defaults.connect"},
        {.name = "streak",
         .target = {&plan.streak, Type::up_to_1000},
         .help = "Good answers in a row that mean ready.",
         .key = "ready.streak"},
        {.name = "stable",
         .target = &plan.stable,
         .help = "Good for this long, at most one request per second.",
         .key = "ready.stable"},
        {.name = "strict", .target = &o.strict, .help = "A check that needed a second attempt fails."},
        {.name = "fail-fast", .target = &plan.fail_fast, .help = "Stop at the first failed check."},
        {.name = "seed", .target = &o.seed, .help = "Repeats the waits of a run; 0: random.", .action = false},
        {.name = "bearer",
         .target = &plan.bearer,
         .help = "Token sent as Authorization: Bearer.",
         .key = "bearer_env",
         .group = "requests"},
        {.name = "header",
         .target = &o.every.request_headers,
         .help = "Header of every request, as 'Name: value'.",
         .placeholder = "HEADER",
         .short_name = 'H',
         .lines = true},
        {.name = "jobs", .target = {&plan.jobs, Type::up_to_1000}, .help = "Checks at a time.", .key = "defaults.jobs"},
        {.name = "ca-file",
         .target = &plan.ca_file,
         .help = "Certificates (PEM) that servers are judged by, instead of the system's.",
         .key = "ca_file",
         .placeholder = "FILE"},
        {.name = "insecure", .target = &plan.insecure, .help = "Accept any certificate."},
        {.name = "resolve",
         .target = &plan.resolve,
         .help = "Address for a host, as HOST:PORT:ADDRESS.",
         .placeholder = "ENTRY",
         .lines = true},
    };
    spec.outputs = {{"passed", "number of checks that passed"},
                    {"failed", "number that failed"},
                    {"flaky", "number that passed at a later attempt"},
                    {"version", "version that answered; empty where that is more than letters, digits and ._+-"}};
    spec.section = smoke::fields();
    spec.milder = smoke::milder();
    spec.rules = smoke::report_rules();
    spec.hide = [&o](const auto& run) {
        smoke::hide_sent(run.section, environment_of(run)["url"].text(), o.urls, o.every);
    };
    spec.check = [&o](const cli::Context& context) { return cli::whether(plan_of(o, context)); };
    spec.examples = {"fairlead-smoke https://app.example.org/health",
                     "fairlead-smoke --env staging --expect-version 1.2.3",
                     "fairlead-smoke 'https://app.example.org/ 200 contains=Notes max=800ms'"};
    spec.action_example = {.with = {{"urls", "https://app.example.org/health"}}, .on = "workflow_dispatch"};
    spec.needs = {{cli::Need::network}, {cli::Need::programs_at_first}}; // deploy or git say what version "auto" is
    spec.findings_on_stderr = true;
    return spec;
}

Result<report::Report> run(const Options& o, const cli::Context& context) {
    auto plan = TRY(plan_of(o, context));
    if (context.dry_run) return smoke::dry_run(plan, context.environment);
    TRY_VOID(smoke::resolve_auto(plan, context.config, context.environment));
    context.hold(); // before a server is asked
    auto tried = TRY(smoke::carry_out(plan, sys::real_http(), sys::real_clock()));
    if (o.strict) smoke::refuse_flaky(tried);
    auto report = smoke::report_of(tried, context.environment, context.config.file());
    if (o.urls.empty() && !o.plan.fail_fast) report.looked = report::Looked::at_all;
    return report;
}

}

int main(int count, char** words) {
    Options o;
    return cli::run(spec(o), count, words, [&](const cli::Context& context) { return run(o, context); });
}
