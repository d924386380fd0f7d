#include "smoke/compare/settings.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "base/url.h"
#include "config/check.h"
#include "smoke/compare/json_paths.h"
#include "smoke/compare/slower.h"
#include "smoke/settings/expect_rows.h"
#include "smoke/settings/probe.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace fairlead::smoke {

namespace compare {

namespace {

constexpr std::int64_t most_pairs = 200; // the test is exact up to here

Result<void> check_pairs(const config::Value& pairs, const std::string&) {
    if (pairs.integer(0) <= most_pairs) return {};
    return pairs.error(fmt::format("pairs must be at most {}; 0 compares no times", most_pairs));
}

Result<void> check_slower(const config::Value& slower, const std::string&) {
    if (slower.number(0) >= 1 && slower.number(0) <= 100) return {};
    return slower.error("slower must be from 1 to 100; 1.25 allows the new release 1.25 times the time of the old one");
}

Result<void> check_level(const config::Value& level, const std::string&) {
    const auto share = TRY(at(level, config::parse_share(level.text())));
    if (share >= 0.0001 && share <= 0.2) return {};
    return level.error(
        "level must be from 0.01% to 20%; 1% means that 1 run in 100 may call a check slower that is not");
}

// Of a release, which paths follow.
Result<void> check_release(const std::string& url) {
    TRY_VOID(check_address(url));
    const auto end = url.find_first_of("?#");
    if (end == url.npos) return {};
    return usage(fmt::format("a path can't follow '{}': it has a {}; write {}", url,
                             url[end] == '?' ? "query" : "fragment", url.substr(0, end)));
}

Result<std::vector<hurl::JsonPath>> read_paths(const config::Value& list) {
    std::vector<hurl::JsonPath> out;
    for (const auto& one : list.items()) {
        auto path = TRY(at(one, parse_path_or_pointer(one.text())));
        out.push_back(std::move(path));
    }
    return out;
}

struct Asked {
    std::string name; // in `checks`
    std::string path; // behind an address
    std::string why_not;
};

std::string path_of(const std::string& url) {
    const auto authority = url.find("://") + 3;
    return url.substr(std::min(url.find_first_of("/?#", authority), url.size()));
}

Asked asked_by(const Check& check, const config::Value& section) {
    Asked out{check.name.substr(0, check.name.size() - check.suffix.size()), path_of(check.url), {}};
    for (const auto& item : section["checks"].items()) {
        const auto place = item.place();
        if (place.line != check.place.line || place.column != check.place.column) continue;
        out.path = item[lower(check.method)].text();
        if (is_absolute_url(out.path)) out.why_not = "it asks a whole URL; write its path, and the address as base";
    }
    if (check.expect.failure != sys::HttpFailure::none) out.why_not = "it expects no answer";
    if (check.method != "GET" && check.method != "HEAD")
        out.why_not = fmt::format("it sends a {}, which both releases would carry out; only GET and HEAD are compared",
                                  check.method);
    if (check.question || check.probe || !check.script.empty())
        out.why_not = "it is not a single HTTP request; only GET and HEAD are compared";
    return out;
}

bool is_script(const config::Value& section, const std::string& name) {
    const auto checks = section["checks"].items();
    return std::any_of(checks.begin(), checks.end(),
                       [&](const config::Value& one) { return one["hurl"].text() == name; });
}

struct Release {
    std::string address; // empty: that of the check
    bool is_input = false;
};

class Builder {
  public:
    Builder(const Hearing& hearing, Plan& plan) : hearing_(hearing), plan_(plan) {}

    // Error (usage): the request has a secret that this release must not get.
    Result<Check> request(const Check& check, const Asked& asked, const Release& release) {
        Check out = check;
        if (!release.address.empty()) out.url = address_at(release.address, asked.path);
        const auto origin = sys::origin_of(out.url);
        const bool is_own = origin == sys::origin_of(check.url);
        const auto& heard = hearing_.origins;
        out.hears_bearer = release.is_input || (is_own && check.hears_bearer) ||
                           std::find(heard.begin(), heard.end(), origin) != heard.end();
        out.expect = {};
        out.expect.statuses = check.expect.statuses;
        out.needs.clear();
        out.expected_failure.clear();
        if (out.hears_bearer) return out;
        bool withheld = !plan_.bearer.empty();
        withheld = drop_secrets(out.common_headers) || withheld;
        if (!is_own) withheld = drop_secrets(out.headers) || withheld;
        if (!is_own && (holds_credentials("http://host" + asked.path) || lets_in(check.body)))
            return usage(
                fmt::format("its request has a secret, which is not sent to {}: only compare names it", origin));
        if (withheld && told_.insert(origin).second && !is_own)
            plan_.withheld.push_back(
                fmt::format("the bearer and secret headers are not sent to {}: only compare names it; to send them, "
                            "name the old release with --compare",
                            origin));
        return out;
    }

  private:
    static bool drop_secrets(std::vector<std::pair<std::string, std::string>>& headers) {
        return std::erase_if(headers, [](const auto& one) { return is_secret_header(one.first, one.second); }) > 0;
    }

    const Hearing& hearing_;
    Plan& plan_;
    std::set<std::string> told_;
};

// An error at its name in `checks`, or a check that is left out.
Result<void> add_pairs(const config::Value& section, const CompareSettings& said, const Release& old,
                       const Release& fresh, const Hearing& hearing, Plan& plan, Comparison& out) {
    const auto named = section.at("compare.checks").items();
    std::set<std::string> known;
    Builder builder(hearing, plan);
    for (const auto& check : plan.checks) {
        const auto asked = asked_by(check, section);
        known.insert(asked.name);
        const auto found = std::find(said.checks.begin(), said.checks.end(), asked.name);
        const bool is_named = found != said.checks.end();
        if (!said.checks.empty() && !is_named) continue;
        const auto refuse = [&](const std::string& why) -> Result<void> {
            if (!is_named) return {};
            return named[static_cast<std::size_t>(found - said.checks.begin())].error(
                fmt::format("the check '{}' can't be compared: {}", asked.name, why));
        };
        if (!asked.why_not.empty()) {
            TRY_VOID(refuse(asked.why_not));
            continue;
        }
        const auto of_old = builder.request(check, asked, old), of_fresh = builder.request(check, asked, fresh);
        if (!of_old.ok() || !of_fresh.ok()) {
            TRY_VOID(refuse((of_old.ok() ? of_fresh : of_old).error().message));
            continue;
        }
        if (of_old->url == of_fresh->url)
            return usage(fmt::format("{} would be compared with itself; the old and the new release need different "
                                     "addresses",
                                     of_old->url),
                         section["compare"].place());
        out.checks.push_back({of_old.value(), of_fresh.value()});
    }
    const std::vector<std::string> names(known.begin(), known.end());
    for (const auto& one : named) {
        if (known.contains(one.text())) continue;
        if (is_script(section, one.text()))
            return one.error(
                fmt::format("the Hurl file '{}' can't be compared; only GET and HEAD are compared", one.text()));
        const auto similar = nearest(one.text(), names);
        return one.error(fmt::format("there is no check '{}' to compare{}", one.text(),
                                     similar.empty() ? "; write the name of a check"
                                                     : fmt::format("; did you mean '{}'?", similar)));
    }
    return {};
}

Result<void> check_numbers(const config::Value& map, const Comparison& comparison) {
    if (comparison.checks.empty())
        return usage("there is nothing to compare: no check is a GET or HEAD of a path", map.place());
    const auto least =
        static_cast<std::int64_t>(least_pairs(comparison.level / static_cast<double>(comparison.checks.size())));
    if (comparison.pairs == 0 || comparison.pairs >= least) return {};
    const auto& key = map["pairs"].present() ? map["pairs"] : map["level"].present() ? map["level"] : map;
    return usage(fmt::format("{} pairs are too few to find a slower check at the level of error {:g}%{}; write at "
                             "least {} pairs, or a higher level",
                             comparison.pairs, comparison.level * 100,
                             comparison.checks.size() == 1
                                 ? ""
                                 : fmt::format(", which holds for {} checks together", comparison.checks.size()),
                             least),
                 key.place());
}

}

}

const config::Rows<CompareSettings>& compare_rows() {
    static const config::Rows<CompareSettings> rows = {
        {"old", {&CompareSettings::old, Type::text}, "Address of the old release; --compare replaces it."},
        {"new", {&CompareSettings::fresh, Type::text}, "Address of the new release; default: that of the checks."},
        {"checks", &CompareSettings::checks, "Names of the compared checks; default: every GET and HEAD of a path."},
        {"ignore", &CompareSettings::ignore, "Places in JSON that are not compared, such as $.items[*].id."},
        {"unordered", &CompareSettings::unordered, "Places of JSON lists whose order doesn't matter."},
        {"headers", &CompareSettings::headers, "Compared headers; default: content-type, cache-control and location."},
        {"pairs",
         {&CompareSettings::pairs, Type::count},
         "Pairs of requests whose times are compared; 0: none.",
         {.check = compare::check_pairs}},
        {"slower",
         &CompareSettings::slower,
         "The new release is slower if it takes more than so many times as long.",
         {.check = compare::check_slower}},
        {"level",
         {&CompareSettings::level, Type::share},
         "Share of runs that may call a check slower that is not.",
         {.check = compare::check_level}},
    };
    return rows;
}

Result<void> add_compare(const config::Value& section, const CompareSettings& said, const Hearing& hearing,
                         Plan& plan) {
    const auto map = section["compare"];
    const bool by_flag = !plan.compare_with.empty();
    if (!map.present() && !by_flag) return {};
    if (by_flag) {
        if (auto good = compare::check_release(plan.compare_with); !good.ok())
            return usage("--compare: " + good.error().message);
    } else if (said.old.empty()) {
        return map.error("compare needs the address of the old release, such as old: https://blue.example.org");
    } else {
        TRY_VOID(at(map["old"], compare::check_release(said.old)));
    }
    if (!said.fresh.empty()) TRY_VOID(at(map["new"], compare::check_release(said.fresh)));
    auto rules = std::make_shared<compare::Rules>();
    rules->headers = said.headers;
    rules->json.ignore = TRY(compare::read_paths(map["ignore"]));
    rules->json.unordered = TRY(compare::read_paths(map["unordered"]));
    Comparison out{.rules = rules, .pairs = said.pairs, .slower = said.slower};
    out.level = TRY(config::parse_share(said.level));
    const compare::Release old{by_flag ? plan.compare_with : said.old, by_flag}, fresh{said.fresh};
    TRY_VOID(compare::add_pairs(section, said, old, fresh, hearing, plan, out));
    TRY_VOID(compare::check_numbers(map, out));
    plan.compare = std::move(out);
    return {};
}

}
