#include "cli/run.h"
#include "smoke/config.h"
#include "smoke/expected_version.h"
#include "smoke/runner.h"
#include <random>

using namespace fairlead;

namespace {

struct Options {
    std::vector<std::string> urls, resolve;
    smoke::ForEveryUrl every;
    std::string version, version_from = "json:$.version";
    Secret bearer;
    Milliseconds deadline{120'000}, timeout{10'000}, connect{5'000}, stable{0};
    std::int64_t jobs = 16, streak = 1, seed = 0;
    bool fail_fast = false, insecure = false, strict = false;
};

cli::Spec spec(Options& o) {
    return {
        .tool = "smoke",
        .summary = "Does what we deployed really work?",
        .details =
            "Asks URLs and compares status, headers, body, JSON, time and the version that answers. A service that "
            "is still starting is waited for; one that is broken fails at once.",
        .inputs =
            {
                {.name = "urls",
                 .target = &o.urls,
                 .help = "URLs to ask, each with [status] [key=value ...], one per line.",
                 .placeholder = "URL",
                 .positional = true,
                 .lines = true},
                {.name = "expect-status",
                 .target = &o.every.status,
                 .help = "Status of every URL: 200, 200-299 or 2xx.",
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
                {.name = "expect-version",
                 .target = &o.version,
                 .help = "Version, tag or commit that must answer; auto: what deploy recorded last, else HEAD.",
                 .placeholder = "VERSION"},
                {.name = "version-from",
                 .target = &o.version_from,
                 .help = "Where the service tells its version: json:$.version, header:X-Release or body.",
                 .key = "ready.from",
                 .placeholder = "SOURCE"},
                {.name = "bearer", .target = &o.bearer, .help = "Token sent as Authorization: Bearer."},
                {.name = "header",
                 .target = &o.every.request_headers,
                 .help = "Header of every request, as 'Name: value'.",
                 .placeholder = "HEADER",
                 .short_name = 'H',
                 .lines = true},
                {.name = "deadline",
                 .target = &o.deadline,
                 .help = "For everything, the wait included.",
                 .key = "deadline"},
                {.name = "timeout", .target = &o.timeout, .help = "One attempt.", .key = "defaults.timeout"},
                {.name = "connect-timeout",
                 .target = &o.connect,
                 .help = "Making the connection.",
                 .key = "defaults.connect"},
                {.name = "jobs", .target = &o.jobs, .help = "Checks at a time.", .key = "defaults.jobs"},
                {.name = "streak",
                 .target = &o.streak,
                 .help = "Good answers in a row that mean ready.",
                 .key = "ready.streak"},
                {.name = "stable",
                 .target = &o.stable,
                 .help = "Instead of a streak: good for so long.",
                 .key = "ready.stable"},
                {.name = "max-duration", .target = &o.every.max, .help = "Longest time of an answer of every URL."},
                {.name = "fail-fast", .target = &o.fail_fast, .help = "Stop at the first failed check."},
                {.name = "strict", .target = &o.strict, .help = "A check that needed a second attempt fails."},
                {.name = "insecure", .target = &o.insecure, .help = "Accept any certificate."},
                {.name = "resolve",
                 .target = &o.resolve,
                 .help = "Address for a host, as HOST:PORT:ADDRESS.",
                 .placeholder = "ENTRY",
                 .lines = true},
                {.name = "seed",
                 .target = &o.seed,
                 .help = "Of the random waits, to repeat a run; 0: random.",
                 .action = false},
            },
        .outputs = {{"passed", "number of checks that passed"},
                    {"failed", "number that failed"},
                    {"flaky", "number that passed at a later attempt"},
                    {"version", "version that answered"}},
        .section = smoke::fields(),
        .examples = {"fairlead-smoke https://app.example.org/health",
                     "fairlead-smoke --env staging --expect-version 1.2.3",
                     "fairlead-smoke 'https://app.example.org/ 200 contains=Notes max=800ms'"},
        .findings_on_stderr = true,
    };
}

Result<smoke::Plan> plan_of(const Options& o, const cli::Context& context) {
    smoke::Plan plan{.streak = o.streak,
                     .stable = o.stable,
                     .deadline = o.deadline,
                     .timeout = o.timeout,
                     .connect = o.connect,
                     .jobs = o.jobs,
                     .fail_fast = o.fail_fast,
                     .insecure = o.insecure,
                     .bearer = o.bearer,
                     .resolve = o.resolve};
    plan.seed = o.seed != 0 ? static_cast<std::uint64_t>(o.seed) : std::random_device{}();
    const auto url = context.config.environment(context.environment)["url"].text();
    TRY_VOID(smoke::check_limits(plan));
    if (o.urls.empty())
        TRY_VOID(smoke::add_section(context.section, url, o.every, plan));
    else
        TRY_VOID(smoke::add_urls(o.urls, o.every, plan));
    if (!plan.ready && plan.checks.empty())
        return usage("nothing to ask: give a URL, or write checks under smoke: in fairlead.yml");
    const auto source = TRY(smoke::parse_version_source(o.version_from));
    return smoke::expect_version(std::move(plan), o.version, source, context.config.folder());
}

}

int main(int count, char** words) {
    Options o;
    return cli::run(spec(o), count, words, [&](const cli::Context& context) -> Result<report::Report> {
        const auto plan = TRY(plan_of(o, context));
        smoke::mask_credentials(plan);
        if (context.dry_run) return smoke::dry_run(plan, context.environment);
        auto tried = TRY(smoke::carry_out(plan, sys::real_http(), sys::real_clock()));
        if (o.strict) smoke::refuse_flaky(tried);
        return smoke::report_of(tried, context.environment, context.config.file());
    });
}
