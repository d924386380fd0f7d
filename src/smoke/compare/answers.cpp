#include "smoke/compare/answers.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace fairlead::smoke::compare {

namespace {

constexpr std::ptrdiff_t most_values = 100'000; // more would take too long to compare, after the deadline

// The values of all headers of one name; nothing: there is none.
std::optional<std::string> header_of(const sys::HttpResponse& response, std::string_view name) {
    std::vector<std::string> values;
    for (const auto& [key, value] : response.headers)
        if (lower(key) == lower(name)) values.push_back(value);
    return values.empty() ? std::optional<std::string>() : join(values, ", ");
}

std::string shown_header(const std::string& name, const std::optional<std::string>& value) {
    if (!value) return "missing";
    return is_secret_header(name, *value) ? "***" : fmt::format("'{}'", shown_text(*value));
}

void add_header_differences(const sys::HttpResponse& old, const sys::HttpResponse& fresh,
                            std::span<const sys::HttpResponse> again, const Rules& rules, const OwnHosts& hosts,
                            Differences& out) {
    for (const auto& name : rules.headers) {
        const auto was = header_of(old, name), is = header_of(fresh, name);
        if (was.has_value() == is.has_value() &&
            is_same_text(was.value_or(""), hosts.old, is.value_or(""), hosts.fresh))
            continue;
        const bool varies = std::any_of(again.begin(), again.end(),
                                        [&](const sys::HttpResponse& one) { return header_of(one, name) != was; });
        if (varies)
            out.add_unstable("header " + name);
        else
            out.add(fmt::format("header {} is {}, was {}", name, shown_header(name, is), shown_header(name, was)));
    }
}

std::optional<hurl::Value> json_of(const sys::HttpResponse& response) {
    const auto body = trim(std::string_view(response.body));
    const bool looks_so = body.starts_with('{') || body.starts_with('[') ||
                          lower(response.header("content-type")).find("json") != std::string::npos;
    const auto begins_value = [](char c) { return c == ',' || c == '[' || c == '{'; };
    if (!looks_so || std::count_if(body.begin(), body.end(), begins_value) > most_values) return {};
    auto value = hurl::read_json(body);
    return value.ok() ? std::optional(std::move(value).value()) : std::nullopt;
}

}

Result<Differences> compare_answers(const sys::HttpResponse& old, const sys::HttpResponse& fresh,
                                    std::span<const sys::HttpResponse> again, const Rules& rules,
                                    const OwnHosts& hosts) {
    Differences out;
    if (old.status != fresh.status) {
        out.add(fmt::format("status is {}, was {}", fresh.status, old.status));
        return out;
    }
    add_header_differences(old, fresh, again, rules, hosts, out);
    if (old.body == fresh.body) return out;
    const auto was = json_of(old), is = json_of(fresh);
    if (was && is) {
        std::vector<hurl::Value> others;
        for (const auto& one : again) others.push_back(json_of(one).value_or(hurl::Value()));
        TRY_VOID(add_json_differences(*was, *is, others, rules.json, hosts, out));
    } else if (was || is) {
        out.add(is ? "the body is JSON, was not" : "the body is not JSON, was JSON");
    } else {
        const std::vector<std::string_view> others = [&] {
            std::vector<std::string_view> bodies;
            for (const auto& one : again) bodies.emplace_back(one.body);
            return bodies;
        }();
        add_body_differences(old.body, fresh.body, others, hosts, out);
    }
    return out;
}

}
