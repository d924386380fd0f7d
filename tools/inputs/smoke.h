#pragma once
// The flags of fairlead-smoke.

#include "cli/declare.h"
#include "smoke/beside/watch.h"
#include "smoke/runner.h"
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead::smoke {

struct Options {
    smoke::Plan plan;
    std::vector<std::string> urls;
    smoke::ForEveryUrl every;
    std::string version, version_from = "json:$.version";
    std::int64_t seed = 0;
    bool strict = false;
    Watch watch;
    std::vector<std::string> logs, forbid;
    std::string exec;
    std::vector<std::string> retry_on;
    ScriptFlags scripts;
    mutable std::shared_ptr<const Plan> judged; // once: it has read the Hurl files
};

// Hurl's own flags have its names, so a command line of hurl works.
inline std::vector<cli::Input> script_inputs(ScriptFlags& flags) {
    using cli::by_hand, cli::choice, cli::lines;
    std::vector<cli::Input> all = {
        cli::begins("Hurl files",
                    lines(choice("variable", &flags.variables, "Variable of the Hurl files.", "NAME=VALUE"))),
        choice("variables-file", &flags.variables_files, "File with lines NAME=VALUE.", "FILE"),
        choice("secrets-file", &flags.secrets_files, "The same, for values that no output shows.", "FILE"),
        by_hand("secret", &flags.secrets,
                "A single such value. Other users of this machine can see it: better set HURL_SECRET_NAME.",
                "NAME=VALUE"),
        by_hand("glob", &flags.globs, "Pattern of Hurl files, such as 'smoke/**/*.hurl'.", "PATTERN"),
        by_hand("parallel", &flags.parallel, "Play the files side by side, as many as --jobs says."),
        by_hand("test", &flags.test, "The same, under hurl's name for it."),
        by_hand("continue-on-error", &flags.continue_on_error, "Go on with a file after a failed request."),
        by_hand("ignore-asserts", &flags.ignore_asserts, "Send the requests and set the captures; judge no answer."),
        by_hand("no-assert", &flags.no_assert, "The same, under the name of hurl 8."),
        by_hand("user-agent", &flags.user_agent, "User-Agent of requests that have none.", "NAME"),
        by_hand("include", &flags.include, "Write the head of the answer before its body, with the option output."),
        by_hand("no-output", &flags.no_output,
                "Accepted from command lines of hurl; nothing is printed but the report."),
        by_hand("from-entry", &flags.from_entry, "First request of each file, from 1."),
        by_hand("to-entry", &flags.to_entry, "Last request of each file; 0: to the end."),
        by_hand("file-root", &flags.file_root,
                "Folder that the files named in a Hurl file may be in; default: its own.", "FOLDER"),
        by_hand("max-filesize", &flags.max_filesize, "Largest body of an answer in bytes; 0: 8 MiB."),
    };
    constexpr std::pair<std::string_view, char> short_names[] = {
        {"location", 'L'}, {"user", 'u'}, {"user-agent", 'A'}, {"proxy", 'x'},   {"max-time", 'm'},
        {"include", 'i'},  {"ipv4", '4'}, {"ipv6", '6'},       {"http1.0", '0'}, {"cert", 'E'}};
    for (const auto& row : hurl::option_rows()) {
        if (row.help == nullptr) continue;
        const std::string name(row.name);
        if (row.kind == hurl::OptionKind::boolean)
            all.push_back(by_hand(name.c_str(), &flags.switches[name], row.help));
        else if (row.repeats)
            all.push_back(lines(by_hand(name.c_str(), &flags.lists[name], row.help)));
        else
            all.push_back(by_hand(name.c_str(), &flags.values[name], row.help));
    }
    all.push_back(by_hand("noproxy", &flags.noproxy, "The same as --no-proxy, under hurl's older name for it."));
    for (auto& input : all)
        for (const auto& [name, letter] : short_names)
            if (input.name == name) input.short_name = letter;
    return all;
}

inline std::vector<cli::Input> inputs(Options& o) {
    using cli::begins, cli::by_hand, cli::choice, cli::keyed, cli::lines;
    smoke::Plan& plan = o.plan;
    auto urls = lines(
        choice("urls", &o.urls,
               "URLs to check, each with [status] [key=value ...], one per line; or Hurl files and folders with them.",
               "URL"));
    urls.positional = true;
    auto header =
        lines(choice("header", &o.every.request_headers, "Header of every request, as 'Name: value'.", "HEADER"));
    header.short_name = 'H';
    auto insecure = choice("insecure", &plan.insecure, "Accept any certificate.");
    insecure.short_name = 'k';
    std::vector<cli::Input> all = {
        urls,
        begins("every URL",
               choice("expect-status", &o.every.status, "Status of every URL: 200, 200-299 or 2xx.", "STATUS")),
        choice("expect-body", &o.every.body, "Body of every URL: equals, '~ contains', '/pattern/'.", "TEXT"),
        lines(choice("expect-json", &o.every.json, "Value in the JSON of every URL, as PATH=VALUE.", "PATH=VALUE")),
        lines(choice("expect-header", &o.every.headers, "Header of every URL, as NAME=VALUE.", "NAME=VALUE")),
        choice("expect-redirect", &o.every.redirect,
               "Every URL redirects, to this Location: equals, '~ contains', '/pattern/'.", "TEXT"),
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
        keyed("retry.on",
              choice("retry-on", &o.retry_on,
                     "Statuses of a service that is still starting; default: 429, 502, 503 and 504.", "STATUS")),
        choice("watch", &o.watch.length,
               "Go on for this time after a good run, and fail if a check fails too often; 0s: run once."),
        keyed("watch.every", choice("every", &o.watch.every, "Time from one round of --watch to the next.")),
        keyed("watch.errors",
              choice("watch-errors", cli::to(o.watch.errors, Type::limit, parse_allowed, "0"),
                     "Rounds of a check that may fail: a count such as 3, or a percentage such as 0.5%.", "LIMIT")),
        lines(choice("log", &o.logs, "Log whose new lines are judged by --forbid.", "FILE")),
        lines(choice("forbid", &o.forbid, "Regular expression (RE2) that no new line of a --log may match.", "RE")),
        choice("strict", &o.strict, "Let a check fail if it needed a second attempt."),
        choice("fail-fast", &plan.fail_fast, "Stop at the first failed check."),
        by_hand("seed", &o.seed, "Seed of the random waits, to repeat the waits of an earlier run; 0: random."),
        begins("requests", keyed("bearer_env", choice("bearer", &plan.bearer, "Token sent as Authorization: Bearer."))),
        header,
        keyed("defaults.jobs", choice("jobs", {&plan.jobs, Type::up_to_1000}, "Number of checks at the same time.")),
        keyed("ca_file", choice("ca-file", &plan.ca_file,
                                "Certificates (PEM) of trusted authorities, instead of the system's.", "FILE")),
        insecure,
        choice("compare", &plan.compare_with, "Address of the old release, whose answers and times are compared.",
               "URL"),
        lines(choice("resolve", &plan.resolve, "Address to use for a host, as HOST:PORT:ADDRESS.", "ENTRY")),
        by_hand(
            "at", &plan.at,
            "Send the requests to this address in plain HTTP instead of the environment's url: unix:PATH or HOST:PORT.",
            "ADDRESS"),
    };
    all.push_back(choice("exec", &o.exec, "Ask from inside the network of this running compose service or container.",
                         "SERVICE"));
    for (auto& input : script_inputs(o.scripts)) all.push_back(std::move(input));
    return all;
}

}
