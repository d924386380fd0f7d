#include "read/served/origins.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::read::served {

namespace {

constexpr std::string_view allow_origin = "Access-Control-Allow-Origin";

// Of the answer to a preflight request: what is in the list that shouldn't be; empty: nothing.
std::string open_method(const Answer& answer) {
    for (const auto& item : list_of(answer, "Access-Control-Allow-Methods")) {
        const auto method = upper(item);
        if (method == "*" || method == "TRACE" || method == "CONNECT") return method;
    }
    return {};
}

}

bool lets_credentials(const Answer& answer) { return answer.value("Access-Control-Allow-Credentials") == "true"; }

std::vector<std::string> list_of(const Answer& answer, std::string_view header) {
    std::vector<std::string> all;
    for (const auto& value : answer.values(header))
        for (const auto& item : split(value, ','))
            if (const auto text = trim(std::string_view(item)); !text.empty()) all.emplace_back(text);
    return all;
}

std::string not_permitted(const Answer& answer, std::string_view origin, bool with_credentials) {
    const auto sent = answer.values(allow_origin);
    if (sent.empty()) return fmt::format("sends no {}", allow_origin);
    if (sent.size() > 1)
        return fmt::format("sends {} {} times; browsers then take none of them", allow_origin, sent.size());
    if (sent.front() == "*" && with_credentials)
        return fmt::format("sends {}: *, which doesn't count for a request with credentials", allow_origin);
    if (sent.front() != "*" && sent.front() != origin)
        return fmt::format("sends {}: {}", allow_origin, shown_word(sent.front()));
    if (with_credentials && !lets_credentials(answer)) return "sends no Access-Control-Allow-Credentials: true";
    return {};
}

std::optional<Fault> open_origin_fault(const Answer& answer, std::string_view label, std::string_view asking) {
    if (!lets_credentials(answer)) return {};
    const auto origin = answer.value(allow_origin);
    if (origin != asking && origin != "*") return {};
    return Fault{fmt::format("{} sends {}: {}, with credentials; any site can act for a visitor; list the sites", label,
                             allow_origin, origin == "*" ? "*" : "the asking site")};
}

std::optional<Fault> null_origin_fault(const Answer& answer, std::string_view label) {
    if (answer.value(allow_origin) != "null") return {};
    return Fault{fmt::format("{} allows the origin null; any page in a sandboxed frame has it; list the sites", label)};
}

std::vector<Fault> open_list_faults(const Answer& preflight, std::string_view label) {
    std::vector<Fault> faults;
    const auto level = lets_credentials(preflight) ? report::Level::error : report::Level::warning;
    if (const auto method = open_method(preflight); !method.empty())
        faults.push_back(
            {fmt::format("Access-Control-Allow-Methods of {} has {}; the list isn't closed; name GET, POST, ...", label,
                         method),
             level});
    const auto headers = list_of(preflight, "Access-Control-Allow-Headers");
    if (std::find(headers.begin(), headers.end(), "*") != headers.end())
        faults.push_back(
            {fmt::format("Access-Control-Allow-Headers of {} is *; the list isn't closed; name the headers", label),
             level});
    return faults;
}

}
