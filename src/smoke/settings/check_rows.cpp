#include "smoke/settings/check_rows.h"
#include "base/text.h"
#include "smoke/retry.h"
#include "smoke/settings/expect_rows.h"
#include "smoke/settings/probes.h"
#include "smoke/settings/samples_rows.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke {

namespace {

using config::Value;

// Keys that would have no effect beside one another.
Result<void> check_combination(const Value& value, const Check& check) {
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
    TRY_VOID(check_samples(value, check));
    if (value["within"].present() && check.within.count() == 0)
        return value["within"].error(
            "within is the time in which the answer may become right; write a time such as 30s");
    if (check.within.count() > 0 && !is_repeatable(check.method))
        return value["within"].error(
            fmt::format("'within' has no effect on a {}, which is sent once; remove 'within'", check.method));
    if (check.within.count() > 0 && check.samples.count > 0)
        return value["within"].error(
            "'within' has no effect on 'samples', which are never requested again; remove 'within' or 'samples'");
    if (check.method == "HEAD" && value["data"].present())
        return value["data"].error("a HEAD request has no body; write post or put, or remove data");
    return at(value["expect"], check_expected(check));
}

// What else may stand beside `hurl` or a probe; `sentence` has {} for the key.
Result<void> only_these(const Value& value, const std::vector<std::string_view>& keys, fmt::string_view sentence) {
    for (const auto& [key, other] : value.entries())
        if (std::find(keys.begin(), keys.end(), key) == keys.end())
            return other.error(fmt::format(fmt::runtime(sentence), key));
    return {};
}

Result<void> settle_probe(const Value& value, Check& check) {
    std::vector<std::string_view> keys = {"name", "needs", "within", "xfail", "skip"};
    std::string_view asked;
    for (const auto* probe : probes()) {
        if (!value[probe->key].present()) continue;
        if (!asked.empty())
            return value[probe->key].error(
                fmt::format("a check asks one thing; move {} into a check of its own", probe->key));
        asked = probe->key;
        keys.push_back(asked);
    }
    const auto sentence =
        fmt::format("a check with {} has no {{}}; write it below {}, or into a check of its own", asked, asked);
    TRY_VOID(only_these(value, keys, sentence));
    check.is_named = value["name"].present();
    if (!check.is_named) check.name = std::string(asked);
    return check_combination(value, check);
}

Result<void> settle_check(const Value& value, Check& check) {
    check.place = value.place();
    if (!check.script.empty()) {
        TRY_VOID(only_these(value, {"hurl", "skip"}, "a check with hurl has no {}: the Hurl file says it"));
        check.name = check.script;
        return {};
    }
    if (value["hurl"].present()) return value["hurl"].error("hurl is empty; write a Hurl file or a pattern");
    if (check.question) return settle_probe(value, check);
    for (const auto* method : {"get", "head", "post", "put", "delete"}) {
        if (!value[method].present()) continue;
        if (!check.url.empty())
            return value.error("a check sends a single request; write only one of get, head, post, put and delete");
        check.method = upper(method);
        check.url = value[method].text();
    }
    if (check.url.empty())
        return value.error("a check needs a path or URL, such as get: /path, a Hurl file: hurl: smoke/*.hurl, or a "
                           "probe such as tcp: \"db:5432\"");
    if (!value["name"].present()) check.name = check.method + " " + check.url;
    return check_combination(value, check);
}

template <const Probe& (*probe)()>
Result<void> read_probe(const Value& value, Check& check) {
    check.question = [value](const std::string& base) { return probe().read(value, base); };
    check.needs_base = probe().needs_base(value);
    return {};
}

template <const Probe& (*probe)()>
config::Row<Check> row() {
    return {probe().key, {Type::map, read_probe<probe>, probe().fields()}, probe().help, {.or_text = true}};
}

}

const config::Rows<Check>& check_rows() {
    static const config::Rows<Check> rows(
        {
            {"name", &Check::name, "For people, and for needs of other checks."},
            {"get", Type::text, "Path or URL of a GET."}, // these five: settle_check
            {"head", Type::text, "Path or URL of a HEAD."},
            {"post", Type::text, "Path or URL of a POST."},
            {"put", Type::text, "Path or URL of a PUT."},
            {"delete", Type::text, "Path or URL of a DELETE."},
            {"hurl", &Check::script, "Hurl files instead of a request: a file, a folder or a pattern."},
            row<tcp_probe>(),
            row<tls_probe>(),
            row<dns_probe>(),
            row<websocket_probe>(),
            row<grpc_probe>(),
            row<postgres_probe>(),
            row<redis_probe>(),
            row<smtp_probe>(),
            row<security_headers_probe>(),
            row<redirect_probe>(),
            row<cors_probe>(),
            row<cookies_probe>(),
            row<cache_probe>(),
            row<assets_probe>(),
            row<addresses_probe>(),
            {"headers", &Check::headers, "Headers of the request."},
            {"data", &Check::body, "Body of the request."},
            {"follow_redirects", &Check::follows_redirects, "Go where redirects point, and judge the last answer."},
            {"expect",
             {Type::map, read_expect, expect_fields()},
             "The expected answer; or refused, timeout, tls-error, nxdomain.",
             {.or_text = true}},
            {"within",
             {&Check::within, Type::duration, parse_duration},
             "For how long a wrong answer is asked for again, if it may become right later."},
            {"samples",
             {Type::up_to_1000, read_samples},
             "How many times it is asked, one after the other; budget judges the times."},
            {"cold", {Type::boolean, read_cold}, "Make a new connection for each sample."},
            {"budget",
             {Type::map, read_budget, budget_fields()},
             "Longest times of the samples, by percentile, and how many may fail."},
            {"needs", &Check::needs, "Names of checks that must pass first; if one doesn't, this check is not run."},
            {"xfail", &Check::expected_failure, "Why this check is known to fail; if it passes, that is a failure."},
            {"skip", &Check::skip, "Why this check is skipped."},
        },
        settle_check);
    return rows;
}

}
