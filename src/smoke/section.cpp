#include "base/credentials.h"
#include "base/json_path.h"
#include "base/text.h"
#include "base/url.h"
#include "config/rows.h"
#include "smoke/config.h"
#include "smoke/hurl/scope.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <set>

// What fairlead.yml may say below `smoke:`, and what it fills.
namespace fairlead::smoke {

namespace {

using config::Value;

// The error of a value's text, at the value's place.
template <typename T>
Result<T> at(const Value& value, Result<T> result) {
    if (!result) return value.error(result.error().message);
    return result;
}

std::string address(const std::string& base, const std::string& path) {
    if (is_absolute_url(path)) return path;
    const bool slash = base.ends_with('/');
    return (slash ? base.substr(0, base.size() - 1) : base) + (path.starts_with('/') ? "" : "/") + path;
}

// What stands in the file is right, also where a flag replaces it.
Result<void> check_time(const Value& time, const std::string&) {
    if (time.duration({}).count() > 0) return {};
    return time.error("a time of 0s leaves no time for a request; write a time such as 30s");
}

Result<void> check_source(const Value& source, const std::string&) {
    const auto parsed = parse_version_source(source.text());
    return parsed.ok() ? Result<void>() : source.error(parsed.error().message);
}

// An empty one would check nothing: it is a variable that is not set.
Result<void> check_version(const Value& version, const std::string&) {
    if (!trim(version.text()).empty()) return {};
    return version.error("version is empty; write the version, auto, or remove it");
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

Result<std::vector<int>> parse_codes(const std::vector<std::string>& texts) {
    std::vector<int> codes;
    for (const auto& range : TRY(parse_statuses(texts)))
        for (int status = range.first; status <= range.last; ++status) codes.push_back(status);
    return codes;
}

// As of an empty text (parse_expected): an empty map would expect nothing.
Result<void> check_entries(const Value& map, std::string_view key) {
    if (!map.entries().empty()) return {};
    return map.error(fmt::format("{} is empty; write the expected value, or remove it", key));
}

Result<void> read_header(const Value& map, Expect& expect) {
    TRY_VOID(check_entries(map, "header"));
    for (const auto& [name, text] : map.entries()) {
        auto matcher = TRY(at(text, parse_expected(text.text())));
        expect.headers.emplace_back(name, std::move(matcher));
    }
    return {};
}

Result<void> read_location(const Value& text, Expect& expect) {
    auto matcher = TRY(at(text, parse_expected(text.text())));
    expect.headers.emplace_back("location", std::move(matcher));
    return {};
}

Result<void> read_json(const Value& map, Expect& expect) {
    TRY_VOID(check_entries(map, "json"));
    for (const auto& [path, wanted] : map.entries()) {
        const auto text = wanted.is_scalar() ? wanted.text() : wanted.json();
        auto place = TRY(at(wanted, json_location(path)));
        auto matcher = TRY(at(wanted, parse_expected(text)));
        expect.json.emplace_back(std::move(place), std::move(matcher));
    }
    return {};
}

const Field any_value[] = {{"", Type::any, "The expected value."}};

const config::Rows<Expect> expect_rows = {
    {"status", {&Expect::statuses, Type::text_list, parse_statuses, Type::status}, "200, 200-299 or 2xx."},
    {"header",
     {Type::open_map, read_header, config::any_text()},
     "Headers: equals, `~ contains`, `/pattern/`, `! not`, `nonempty`."},
    {"location", {Type::text, read_location}, "The location header of a redirect."},
    {"body", {&Expect::body, Type::text, parse_expected}, "The body, matched in the same way as a header."},
    {"json", {Type::open_map, read_json, any_value}, "Paths ($.items[0].id or /items/0/id) and their expected values."},
    {"max", {&Expect::max, Type::duration, parse_duration}, "Longest time of the attempt."},
    {"version", &Expect::version, "The version that must answer.", {.check = check_version}},
    {"from", {&Expect::version_source, Type::text, parse_version_source}, "Where the answer has its version."},
};

// A word is the failure that is expected.
Result<void> read_expect(const Value& value, Check& check) {
    if (!value.is_scalar()) {
        TRY_VOID(check_entries(value, "expect"));
        return expect_rows.read(value, check.expect);
    }
    const std::vector<std::string> words = {"refused", "timeout", "tls-error", "nxdomain"};
    constexpr sys::HttpFailure meant[] = {sys::HttpFailure::refused, sys::HttpFailure::timeout,
                                          sys::HttpFailure::tls_handshake, sys::HttpFailure::resolve};
    const auto found = std::find(words.begin(), words.end(), value.text());
    if (found == words.end())
        return value.error(
            fmt::format("'{}' is not an expectation; expected {} or a map", value.text(), one_of(words)));
    check.expect.failure = meant[found - words.begin()];
    return {};
}

// Keys that would have no effect beside one another.
Result<void> check_combination(const config::Value& value, const Check& check) {
    const std::vector<std::string> switches = {"true", "false", "yes", "no", "on", "off"};
    for (const auto* key : {"skip", "xfail"}) {
        const auto reason = lower(trim(value[key].text()));
        if (value[key].present() && reason.empty())
            return value[key].error(fmt::format("{} needs a reason, such as \"issue 123\"", key));
        if (std::find(switches.begin(), switches.end(), reason) != switches.end())
            return value[key].error(
                fmt::format("{0} must be a reason, such as \"issue 123\"; to run the check, remove {0}", key));
    }
    if (!check.skip.empty() && !check.expected_failure.empty())
        return value["xfail"].error("a check can't have both skip and xfail; remove one of the two");
    if (check.method == "HEAD" && value["data"].present())
        return value["data"].error("a HEAD request has no body; write post or put, or remove data");
    return at(value["expect"], check_expected(check));
}

Result<void> settle_check(const Value& value, Check& check) {
    check.place = value.place();
    if (!check.script.empty()) {
        for (const auto& [key, other] : value.entries())
            if (key != "hurl" && key != "skip")
                return other.error(fmt::format("a check with hurl has no {}: the Hurl file says it", key));
        check.name = check.script;
        return {};
    }
    if (value["hurl"].present()) return value["hurl"].error("hurl is empty; write a Hurl file or a pattern");
    for (const auto* method : {"get", "head", "post", "put", "delete"}) {
        if (!value[method].present()) continue;
        if (!check.url.empty())
            return value.error("a check sends a single request; write only one of get, head, post, put and delete");
        check.method = upper(method);
        check.url = value[method].text();
    }
    if (check.url.empty())
        return value.error("a check needs a path or URL, such as get: /path, or a Hurl file: hurl: smoke/*.hurl");
    if (!value["name"].present()) check.name = check.method + " " + check.url;
    return check_combination(value, check);
}

const config::Rows<Check> check_rows(
    {
        {"name", &Check::name, "For people."},
        {"get", Type::text, "Path or URL of a GET."}, // these five: settle_check
        {"head", Type::text, "Path or URL of a HEAD."},
        {"post", Type::text, "Path or URL of a POST."},
        {"put", Type::text, "Path or URL of a PUT."},
        {"delete", Type::text, "Path or URL of a DELETE."},
        {"hurl", &Check::script, "Hurl files instead of a request: a file, a folder or a pattern."},
        {"headers", &Check::headers, "Headers of the request."},
        {"data", &Check::body, "Body of the request."},
        {"expect",
         {Type::map, read_expect, expect_rows.fields()},
         "The expected answer; or refused, timeout, tls-error, nxdomain.",
         {.or_text = true}},
        {"xfail", &Check::expected_failure, "Why this check is known to fail; if it passes, that is a failure."},
        {"skip", &Check::skip, "Why this check is skipped."},
    },
    settle_check);

struct Ready {
    std::string path = "/";
    std::vector<StatusRange> statuses = Expect{}.statuses;
    std::string version;
};

// Where no member is named, an input of the tool reads it.
const config::Rows<Ready> ready_rows = {
    {"path", &Ready::path, "Path that is requested before any check, until the answer is good."},
    {"status", {&Ready::statuses, Type::text_list, parse_statuses, Type::status}, "Expected: 200, 200-299 or 2xx."},
    {"version", &Ready::version, "The version, tag or commit that must answer.", {.check = check_version}},
    {"from",
     Type::text,
     "Where the answer has its version: json:$.version, header:X-Release or body.",
     {.check = check_source}},
    {"streak", Type::up_to_1000, "Number of good answers in a row, each on a new connection."},
    {"stable", Type::duration, "Time that the answers must stay good, with at most one request per second."},
};

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
};

const config::Rows<Section> defaults_rows = {
    {"timeout", Type::duration, "One attempt.", {.check = check_time}},
    {"connect", Type::duration, "Time to make the connection.", {.check = check_time}},
    {"jobs", Type::up_to_1000, "Number of checks at the same time."},
    {"headers", &Section::headers, "Headers of every request."},
};

const config::Rows<Section> section_rows = {
    {"base",
     &Section::base,
     "Addresses that every check runs against; default: the environment's url.",
     {.check = check_addresses}},
    {"deadline", Type::duration, "Time for the whole run, including the wait.", {.check = check_time}},
    {"ca_file", Type::text, "Certificates (PEM) of trusted authorities, instead of the system's.", {.believed = true}},
    {"bearer_env", Type::text, "Variable with the token that is sent as Authorization: Bearer."},
    {"ready", {&Section::ready, ready_rows}, "How to wait until the service is ready."},
    {"defaults", defaults_rows, "Settings of every request."},
    {"retry", {&Section::retry, retry_rows}, "How to try again after a temporary failure."},
    {"checks", {&Section::checks, check_rows}, "The checks to run."},
    {"variables", &Section::variables, "Variables of the Hurl files; base is the address of the environment."},
    {"setup", &Section::setup, "Hurl file that is played before all others, which get its captures."},
    {"teardown", &Section::teardown, "Hurl file that is played last, whatever happened."},
};

// The same at each address; where the path is a whole URL there is one.
void add_ready(const Ready& ready, const Check& common, const std::vector<std::string>& addresses, Plan& plan) {
    Check check = common;
    check.expect.statuses = ready.statuses;
    check.expect.version = ready.version;
    check.name = "ready";
    check.url = address(addresses.empty() ? "" : addresses.front(), ready.path);
    plan.ready = check;
    for (std::size_t i = 1; i < addresses.size() && !is_absolute_url(ready.path); ++i) {
        check.name = "ready at " + addresses[i];
        check.url = address(addresses[i], ready.path);
        plan.ready_elsewhere.push_back(check);
    }
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

std::span<const Field> fields() { return section_rows.fields(); }

std::span<const config::Milder> milder() {
    using When = config::Milder::When;
    static constexpr config::Milder rows[] = {{"checks.*", When::removed},
                                              {"checks.*.expect", When::changed},
                                              {"checks.*.get", When::altered},
                                              {"checks.*.head", When::altered},
                                              {"checks.*.post", When::altered},
                                              {"checks.*.put", When::altered},
                                              {"checks.*.delete", When::altered},
                                              {"checks.*.hurl", When::altered},
                                              {"checks.*.headers", When::changed},
                                              {"checks.*.data", When::changed},
                                              {"environments.*.url", When::changed},
                                              {"bearer_env", When::changed},
                                              {"deadline", When::higher, "2m"},
                                              {"defaults.timeout", When::higher, "10s"},
                                              {"defaults.headers", When::changed},
                                              {"checks.*.xfail", When::set},
                                              {"checks.*.skip", When::set},
                                              {"base", When::changed},
                                              {"ca_file", When::changed},
                                              {"ready", When::removed},
                                              {"ready.path", When::changed},
                                              {"ready.status", When::changed},
                                              {"ready.version", When::altered},
                                              {"ready.streak", When::lower, "1"},
                                              {"ready.stable", When::lower},
                                              {"retry.attempts", When::higher, "5"},
                                              {"retry.on", When::added}};
    return rows;
}

Result<void> add_section(const config::Value& section, const config::Value& environment, const Hearing& hearing,
                         const ForEveryUrl& every, const std::string& folder, Plan& plan) {
    if (every.expects())
        return usage(
            "an expectation for every URL needs URLs as arguments; write the expectation of a check under its expect:");
    Section said;
    said.retry = plan.retry;
    TRY_VOID(section_rows.read(section, said));
    plan.retry = said.retry;
    for (auto& header : TRY(parse_headers(every.request_headers))) said.headers.push_back(std::move(header));
    if (const auto url = environment["url"]; !section["base"].present() && url.present()) {
        TRY_VOID(at(url, check_base(url.text())));
        said.base.push_back(url.text());
    }
    const auto needs_base = [&](const std::string& path, const Place& place) -> Result<void> {
        if (!said.base.empty() || is_absolute_url(path)) return {};
        return usage(fmt::format("'{}' is a path, but there is no address for it; write smoke.base, or url in the "
                                 "environment and say --env",
                                 path),
                     place);
    };
    if (said.ready) {
        Check common;
        common.place = section["ready"].place();
        common.common_headers = said.headers;
        TRY_VOID(needs_base(said.ready->path, common.place));
        add_ready(*said.ready, common, said.base, plan);
    }
    std::set<std::string> names;
    const auto items = section["checks"].items();
    for (std::size_t i = 0; i < said.checks.size(); ++i) {
        auto& check = said.checks[i];
        if (!check.script.empty() && check.skip.empty()) continue;
        check.common_headers = said.headers;
        if (const auto name = items[i]["name"]; name.present() && !names.insert(check.name).second)
            return name.error(fmt::format("two checks are named '{}'; give them different names", check.name));
        if (!check.script.empty()) check.url = check.script;
        if (check.script.empty()) TRY_VOID(needs_base(check.url, check.place));
        const bool absolute = is_absolute_url(check.url);
        for (const auto& base : absolute ? std::vector<std::string>{""} : said.base) {
            auto one = check;
            one.url = address(base, check.url);
            if (!absolute && said.base.size() > 1) one.name += " at " + base;
            plan.checks.push_back(std::move(one));
        }
    }
    TRY_VOID(add_scripts_of(section, said, folder, plan));
    return withhold(hearing, plan);
}

}
