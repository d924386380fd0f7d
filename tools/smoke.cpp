#include "cli/declare.h"
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
    TRY_VOID(smoke::set_at(environment_of(context)["url"].text(), plan));
    TRY_VOID(smoke::check_limits(plan));
    TRY_VOID(smoke::check_requests(plan));
    const auto source = TRY(smoke::parse_version_source(o.version_from));
    return smoke::expect_version(std::move(plan), o.version, source);
}

std::vector<cli::Input> inputs(Options& o) {
    using cli::begins, cli::by_hand, cli::choice, cli::keyed, cli::lines;
    smoke::Plan& plan = o.plan;
    auto urls =
        lines(choice("urls", &o.urls, "URLs to check, each with [status] [key=value ...], one per line.", "URL"));
    urls.positional = true;
    auto header =
        lines(choice("header", &o.every.request_headers, "Header of every request, as 'Name: value'.", "HEADER"));
    header.short_name = 'H';
    return {
        urls,
        begins("every URL",
               choice("expect-status", &o.every.status, "Status of every URL: 200, 200-299 or 2xx.", "STATUS")),
        choice("expect-body", &o.every.body, "Body of every URL: equals, '~ contains', '/pattern/'.", "TEXT"),
        lines(choice("expect-json", &o.every.json, "Value in the JSON of every URL, as PATH=VALUE.", "PATH=VALUE")),
        lines(choice("expect-header", &o.every.headers, "Header of every URL, as NAME=VALUE.", "NAME=VALUE")),
        choice("max-duration", &o.every.max, "Longest time of an answer of every URL; 0s: no limit."),
        begins(
            "version",
            choice(
                "expect-version", &o.version,
                "Version, tag or commit that must answer; auto: the version that fairlead-deploy reports, else HEAD.",
                "VERSION")),
        keyed("ready.from",
              choice("version-from", &o.version_from,
                     "Where the answer has its version: json:$.version, header:X-Release or body.", "SOURCE")),
        begins("waiting",
               keyed("deadline", choice("deadline", &plan.deadline, "Time for the whole run, including the wait."))),
        keyed("defaults.timeout", choice("timeout", &plan.timeout, "One attempt.")),
        keyed("defaults.connect", choice("connect-timeout", &plan.connect, "Time to make the connection.")),
        keyed("ready.streak", choice("streak", {&plan.streak, Type::up_to_1000},
                                     "Number of good answers in a row after which the service is ready.")),
        keyed("ready.stable", choice("stable", &plan.stable,
                                     "Time that the answers must stay good, with at most one request per second.")),
        choice("strict", &o.strict, "Let a check fail if it needed a second attempt."),
        choice("fail-fast", &plan.fail_fast, "Stop at the first failed check."),
        by_hand("seed", &o.seed, "Seed of the random waits, to repeat the waits of an earlier run; 0: random."),
        begins("requests", keyed("bearer_env", choice("bearer", &plan.bearer, "Token sent as Authorization: Bearer."))),
        header,
        keyed("defaults.jobs", choice("jobs", {&plan.jobs, Type::up_to_1000}, "Number of checks at the same time.")),
        keyed("ca_file", choice("ca-file", &plan.ca_file,
                                "Certificates (PEM) of trusted authorities, instead of the system's.", "FILE")),
        choice("insecure", &plan.insecure, "Accept any certificate."),
        lines(choice("resolve", &plan.resolve, "Address to use for a host, as HOST:PORT:ADDRESS.", "ENTRY")),
        by_hand(
            "at", &plan.at,
            "Send the requests to this address in plain HTTP instead of the environment's url: unix:PATH or HOST:PORT.",
            "ADDRESS"),
    };
}

cli::Spec spec(Options& o) {
    cli::Spec spec;
    spec.tool = "smoke";
    spec.summary = "Checks whether a deployed application really works.";
    spec.details = "Requests URLs and compares status, headers, body, JSON, time and version of the answers. It waits "
                   "for a service that is still starting; a broken service fails at once.";
    spec.inputs = inputs(o);
    spec.outputs = {
        {"passed", "number of checks that passed"},
        {"failed", "number of checks that failed"},
        {"flaky", "number of checks that passed at a later attempt"},
        {"version", "version that answered; empty if it has characters other than letters, digits and ._+-"}};
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
    spec.action_examples = {
        {.with = {{"urls", "https://app.example.org/health"}}, .on = "workflow_dispatch"},
        {.title = "The checks of an environment, and the version that must answer:",
         .with = {{"env", "staging"}, {"expect-version", "1.4.0"}}},
        {.title = "Several URLs with expected content and times, for at most a minute:",
         .with = {{"urls", "https://app.example.org/ 200 contains=Notes max=800ms\nhttps://app.example.org/health"},
                  {"deadline", "60s"}}}};
    // deploy or git say what version "auto" is; what is held to the network may open no local socket
    spec.needs = {{cli::Need::network}, {cli::Need::programs_at_first}, {cli::Need::programs, "at"}};
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
    report.looked.at_all = o.urls.empty() && !o.plan.fail_fast;
    return report;
}

}

int main(int count, char** words) {
    Options o;
    return cli::run(spec(o), count, words, [&](const cli::Context& context) { return run(o, context); });
}
