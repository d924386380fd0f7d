#include "base/secrets/credentials.h"
#include "base/text.h"
#include "base/url.h"
#include "config/rows.h"
#include "smoke/compare/settings.h"
#include "smoke/config.h"
#include "smoke/hurl/scope.h"
#include "smoke/needs.h"
#include "smoke/settings/check_rows.h"
#include "smoke/settings/expect_rows.h"
#include "smoke/settings/probe.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <iterator>
#include <set>

// What fairlead.yml may say below `smoke:`, and what it fills.
namespace fairlead::smoke {

namespace {

using config::Value;

// What stands in the file is right, also where a flag replaces it.
Result<void> check_time(const Value& time, const std::string&) {
    if (time.duration({}).count() > 0) return {};
    return time.error("a time of 0s leaves no time for a request; write a time such as 30s");
}

Result<void> check_factor(const Value& factor, const std::string&) {
    const double growth = factor.number(0);
    if (growth >= 1 && growth <= 100) return {};
    return factor.error("factor must be from 1 to 100; each wait is longer than the last wait by this factor");
}

// Of an address that paths are put behind.
Result<void> check_base(const std::string& url) {
    TRY_VOID(check_address(url));
    const auto end = url.find_first_of("?#");
    if (end == url.npos) return {};
    return usage(fmt::format("a path can't follow '{}': it has a {}; write {}, and the rest into the checks", url,
                             url[end] == '?' ? "query" : "fragment", url.substr(0, end)));
}

Result<void> check_addresses(const Value& base, const std::string&) {
    for (const Value& one : base.items()) TRY_VOID(at(one, check_base(one.text())));
    return {};
}

struct Ready {
    std::string path = "/";
    std::vector<StatusRange> statuses = Expect{}.statuses;
    std::string version;
    Expect expect; // what else the answer must have
};

// Without the keys of the version, which inputs replace: they stand below `ready` itself.
std::span<const Field> ready_expect_fields() {
    static const std::vector<Field> fields = [] {
        const auto all = expect_fields();
        std::vector<Field> others;
        std::copy_if(all.begin(), all.end(), std::back_inserter(others),
                     [](const Field& field) { return field.name != "version" && field.name != "from"; });
        return others;
    }();
    return fields;
}

Result<void> read_ready_expect(const Value& value, Ready& ready) {
    Check check;
    if (value.is_scalar())
        return value.error("ready waits for an answer; write what it must have, such as {body: \"~ ok\"}");
    TRY_VOID(read_expect(value, check));
    if (value["status"].present()) ready.statuses = check.expect.statuses;
    ready.expect = std::move(check.expect);
    return {};
}

// Where no member is named, an input of the tool reads it.
const config::Rows<Ready>& ready_rows() { // when first used: it takes rows of another file
    static const config::Rows<Ready> rows(
        {
            {"path", &Ready::path, "Path that is requested before any check, until the answer is good."},
            {"status",
             {&Ready::statuses, Type::text_list, parse_statuses, Type::status},
             "Expected: 200, 200-299 or 2xx."},
            {"expect",
             {Type::map, read_ready_expect, ready_expect_fields()},
             "What else the answer must have, as of a check."},
            {"version", &Ready::version, "The version, tag or commit that must answer.", {.check = check_version}},
            {"from",
             Type::text,
             "Where the answer has its version: json:$.version, header:X-Release or body.",
             {.check = check_source}},
            {"streak", Type::up_to_1000, "Number of good answers in a row, each on a new connection."},
            {"stable", Type::duration, "Time that the answers must stay good, with at most one request per second."},
        },
        [](const Value& value, Ready&) -> Result<void> {
            if (!value["status"].present() || !value.at("expect.status").present()) return {};
            return value["status"].error("the status is expected twice, here and below expect; remove one of the two");
        });
    return rows;
}

const config::Rows<RetryPolicy> retry_rows = {
    {"attempts", {&RetryPolicy::attempts, Type::up_to_1000}, "Number of attempts, including the first."},
    {"backoff", &RetryPolicy::backoff, "Longest wait before the second attempt."},
    {"factor", &RetryPolicy::factor, "Factor by which the wait grows after each attempt.", {.check = check_factor}},
    {"max", &RetryPolicy::max, "Longest wait between two attempts."},
    {"on",
     {&RetryPolicy::statuses, Type::text_list, parse_codes, Type::status},
     "Statuses of a service that is still starting."},
};

struct Section {
    std::vector<std::string> base;
    std::optional<Ready> ready;
    config::Pairs headers;
    RetryPolicy retry;
    std::vector<Check> checks;
    config::Pairs variables;
    std::string setup, teardown;
    Limits limits;
    std::vector<ForbiddenLines> logs;
    CompareSettings compare;
};

const config::Rows<ForbiddenLines> log_rows(
    {
        {"file", &ForbiddenLines::file, "The log, from the folder of fairlead.yml.", {.needed = Needed::required}},
        {"forbid",
         &ForbiddenLines::patterns,
         "Regular expressions (RE2); a new line with a match is a failure.",
         {.needed = Needed::required}},
    },
    [](const Value& value, ForbiddenLines& log) -> Result<void> {
        log.place = value.place();
        return {};
    });

const config::Rows<Limits> limit_rows = {
    {"per_host", {&Limits::per_host, Type::up_to_1000}, "Requests at one host at the same time; default: no limit."},
    {"rate", {&Limits::rate, Type::up_to_1000}, "Requests per second, of all checks together; default: no limit."},
};

const config::Rows<Section> defaults_rows = {
    {"timeout", Type::duration, "One attempt.", {.check = check_time}},
    {"connect", Type::duration, "Time to make the connection.", {.check = check_time}},
    {"jobs", Type::up_to_1000, "Number of checks at the same time."},
    {"headers", &Section::headers, "Headers of every request."},
    {"limits", {&Section::limits, limit_rows}, "How fast the service is asked, also by Hurl files."},
};

// --watch says for how long.
const config::Rows<Section> watch_rows = {
    {"every", Type::duration, "Time from one round to the next.", {.check = check_time}},
    {"errors", Type::limit, "Rounds of a check that may fail: a count, or a percentage of all."},
};

const config::Rows<Section>& section_rows() {
    static const config::Rows<Section> rows = {
        {"base",
         &Section::base,
         "Addresses that every check runs against; default: the environment's url.",
         {.check = check_addresses}},
        {"deadline", Type::duration, "Time for the whole run, including the wait.", {.check = check_time}},
        {"ca_file",
         Type::text,
         "Certificates (PEM) of trusted authorities, instead of the system's.",
         {.believed = true}},
        {"bearer_env", Type::text, "Variable with the token that is sent as Authorization: Bearer."},
        {"ready", {&Section::ready, ready_rows()}, "How to wait until the service is ready."},
        {"defaults", defaults_rows, "Settings of every request."},
        {"retry", {&Section::retry, retry_rows}, "How to try again after a temporary failure."},
        {"checks", {&Section::checks, check_rows()}, "The checks to run."},
        {"logs", {&Section::logs, log_rows}, "Logs that must not get certain lines while the checks run."},
        {"watch", watch_rows, "How --watch goes on after the first run."},
        {"compare", {&Section::compare, compare_rows()}, "The old release, to compare the new one with it."},
        {"variables", &Section::variables, "Variables of the Hurl files; base is the address of the environment."},
        {"setup", &Section::setup, "Hurl file that is played before all others, which get its captures."},
        {"teardown", &Section::teardown, "Hurl file that is played last, whatever happened."},
    };
    return rows;
}

// The same at each address; where the path is a whole URL there is one.
void add_ready(const Ready& ready, const Check& common, const std::vector<std::string>& addresses, Plan& plan) {
    Check check = common;
    check.expect = ready.expect;
    check.expect.statuses = ready.statuses;
    check.expect.version = ready.version;
    check.name = "ready";
    check.url = address_at(addresses.empty() ? "" : addresses.front(), ready.path);
    plan.ready = check;
    for (std::size_t i = 1; i < addresses.size() && !is_absolute_url(ready.path); ++i) {
        check.name = "ready at " + addresses[i];
        check.url = address_at(addresses[i], ready.path);
        plan.ready_elsewhere.push_back(check);
    }
}

// The lines of another log could be read by whoever may propose a change of the file.
Result<void> check_beneath(const std::string& folder, const ForbiddenLines& log) {
    std::error_code error;
    const auto base = std::filesystem::weakly_canonical(folder.empty() ? "." : folder, error);
    const auto whole = std::filesystem::weakly_canonical(base / log.file, error);
    const auto inner = whole.lexically_relative(base).string();
    if (!error && !inner.empty() && inner != "." && inner != ".." && !inner.starts_with("../")) return {};
    return usage(
        fmt::format("'{}' is not below the folder of fairlead.yml; name such a log on the command line: --log {}",
                    log.file, log.file),
        log.place);
}

Result<void> check_path(const std::string& path, const std::vector<std::string>& bases, const Place& place) {
    if (!bases.empty() || is_absolute_url(path)) return {};
    return usage(fmt::format("'{}' is a path, but there is no address for it; write smoke.base, or url in the "
                             "environment and say --env",
                             path),
                 place);
}

// A check at one base address; `base` is empty where it depends on none.
Result<Check> check_at(const Check& written, const std::string& base) {
    Check one = written;
    if (!written.question || !written.skip.empty()) {
        one.url = written.url.empty() ? base : address_at(base, written.url);
        return one;
    }
    auto question = TRY(written.question(base));
    ask_by(std::move(question), one);
    if (!one.is_named) one.name = one.is_http ? one.name + " " + one.url : one.url;
    return one;
}

Result<void> add_checks(const Value& section, Section& said, Plan& plan) {
    std::set<std::string> names;
    const auto items = section["checks"].items();
    for (std::size_t i = 0; i < said.checks.size(); ++i) {
        auto& check = said.checks[i];
        if (!check.script.empty() && check.skip.empty()) continue;
        check.common_headers = said.headers;
        if (const auto name = items[i]["name"]; name.present() && !names.insert(check.name).second)
            return name.error(fmt::format("two checks are named '{}'; give them different names", check.name));
        if (!check.script.empty()) check.url = check.script;
        if (check.script.empty() && !check.question) TRY_VOID(check_path(check.url, said.base, check.place));
        const bool is_single = check.question ? !check.needs_base : is_absolute_url(check.url);
        const bool has_one = is_single || said.base.empty();
        for (const auto& base : has_one ? std::vector<std::string>{""} : said.base) {
            auto one = TRY(check_at(check, base));
            if (!is_single && said.base.size() > 1) one.suffix = " at " + base;
            one.name += one.suffix;
            plan.checks.push_back(std::move(one));
        }
    }
    return settle_needs(plan.checks);
}

std::string from_folder(const std::string& folder, const std::string& path) {
    return folder.empty() || path.starts_with('/') ? path : folder + "/" + path;
}

// An error in a Hurl file has its place there; that there is none, in fairlead.yml.
Result<std::vector<Script>> scripts_at(const Value& value, const std::string& path) {
    auto found = read_scripts(path);
    if (found.ok() || found.error().place.line > 0) return found;
    return value.error(found.error().message);
}

// A file each at the first address; in a check, once for each.
Result<void> add_scripts_of(const Value& section, const Section& said, const std::string& folder, Plan& plan) {
    auto& scripts = plan.scripts;
    const auto bases = said.base.empty() ? std::vector<std::string>{""} : said.base;
    const auto single = [&](const Value& value, const std::string& path, std::optional<Script>& into) -> Result<void> {
        if (path.empty()) return {};
        auto found = TRY(scripts_at(value, from_folder(folder, path)));
        if (found.size() != 1)
            return value.error(fmt::format("'{}' names {} Hurl files; write a single one", path, found.size()));
        found.front().base = bases.front();
        into = std::move(found.front());
        return {};
    };
    TRY_VOID(single(section["setup"], said.setup, scripts.setup));
    TRY_VOID(single(section["teardown"], said.teardown, scripts.teardown));
    const auto items = section["checks"].items();
    for (std::size_t i = 0; i < said.checks.size(); ++i) {
        const auto& check = said.checks[i];
        if (check.script.empty() || !check.skip.empty()) continue;
        for (const auto& script : TRY(scripts_at(items[i]["hurl"], from_folder(folder, check.script))))
            for (const auto& base : bases) {
                auto one = script;
                one.base = base;
                if (bases.size() > 1) one.suffix = " at " + base;
                scripts.files.push_back(std::move(one));
            }
    }
    for (const auto& [name, text] : said.headers) // nobody knows yet which host would hear the others
        if (!is_secret_header(name, text)) scripts.settings.headers.push_back(name + ": " + text);
    for (const auto& [name, text] : said.variables) scripts.variables.insert_or_assign(name, hurl::typed(text));
    return {};
}

}

std::span<const Field> fields() { return section_rows().fields(); }

Result<void> add_section(const config::Value& section, const config::Value& environment, const Hearing& hearing,
                         const ForEveryUrl& every, const std::string& folder, Plan& plan) {
    if (every.expects())
        return usage(
            "an expectation for every URL needs URLs as arguments; write the expectation of a check under its expect:");
    Section said;
    said.retry = plan.retry;
    TRY_VOID(section_rows().read(section, said));
    const auto statuses = plan.retry.statuses; // of the flag or the section, which --retry-on has read
    plan.retry = said.retry;
    plan.retry.statuses = statuses;
    plan.limits = said.limits;
    if (!said.ready && !section.at("retry.attempts").present()) plan.retry.attempts = 0; // nothing else waits for it
    for (auto& header : TRY(parse_headers(every.request_headers))) said.headers.push_back(std::move(header));
    if (const auto url = environment["url"]; !section["base"].present() && url.present()) {
        TRY_VOID(at(url, check_base(url.text())));
        said.base.push_back(url.text());
    }
    if (said.ready) {
        Check common;
        common.place = section["ready"].place();
        common.common_headers = said.headers;
        TRY_VOID(check_path(said.ready->path, said.base, common.place));
        add_ready(*said.ready, common, said.base, plan);
    }
    for (auto& log : said.logs) {
        TRY_VOID(check_beneath(folder, log));
        log.file = from_folder(folder, log.file);
    }
    plan.logs.insert(plan.logs.end(), said.logs.begin(), said.logs.end());
    TRY_VOID(add_checks(section, said, plan));
    TRY_VOID(add_compare(section, said.compare, hearing, plan));
    TRY_VOID(add_scripts_of(section, said, folder, plan));
    return withhold(hearing, plan);
}

}
