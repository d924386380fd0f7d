#include "smoke/hurl/options.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke::hurl {

namespace {

using Version = sys::HttpRequest::Version;
using Addresses = sys::HttpRequest::Addresses;

template <bool Settings::*Member>
void set_flag(Settings& settings, const Value& value) {
    settings.*Member = *value.as<bool>();
}
template <std::int64_t Settings::*Member>
void set_number(Settings& settings, const Value& value) {
    settings.*Member = *value.as<std::int64_t>();
}
template <Milliseconds Settings::*Member> // the value is in milliseconds
void set_wait(Settings& settings, const Value& value) {
    settings.*Member = Milliseconds{*value.as<std::int64_t>()};
}
template <std::string Settings::*Member>
void set_text(Settings& settings, const Value& value) {
    settings.*Member = *value.as<std::string>();
}
template <std::vector<std::string> Settings::*Member>
void add_text_to(Settings& settings, const Value& value) {
    (settings.*Member).push_back(*value.as<std::string>());
}
template <Version Wanted>
void set_version(Settings& settings, const Value& value) {
    if (*value.as<bool>()) settings.version = Wanted;
}
template <Addresses Wanted>
void set_addresses(Settings& settings, const Value& value) {
    if (*value.as<bool>()) settings.addresses = Wanted;
}

constexpr OptionRow rows[] = {
    {"aws-sigv4"},
    {"cacert", OptionKind::file, set_text<&Settings::cacert>, "The same as --ca-file, under hurl's name for it."},
    {"cert", OptionKind::file, set_text<&Settings::cert>, "Certificate of the client (PEM)."},
    {"compressed", OptionKind::boolean, set_flag<&Settings::compressed>, "Ask for a compressed answer."},
    {"connect-timeout", OptionKind::seconds, set_wait<&Settings::connect_timeout>},
    {"connect-to", OptionKind::text, add_text_to<&Settings::connect_to>, "Connect elsewhere, as HOST:PORT:OTHER:PORT.",
     true},
    {"delay", OptionKind::milliseconds, set_wait<&Settings::delay>,
     "Wait before each request; without a unit in milliseconds."},
    {"digest"},
    {"header", OptionKind::text, add_text_to<&Settings::headers>},
    {"http1.0", OptionKind::boolean, set_version<Version::http1_0>, "Use HTTP/1.0."},
    {"http1.1", OptionKind::boolean, set_version<Version::http1_1>, "Use HTTP/1.1."},
    {"http2", OptionKind::boolean, set_version<Version::http2>, "Use HTTP/2."},
    {"http3"},
    {"insecure", OptionKind::boolean, set_flag<&Settings::insecure>},
    {"ipv4", OptionKind::boolean, set_addresses<Addresses::v4>, "Use IPv4 addresses only."},
    {"ipv6", OptionKind::boolean, set_addresses<Addresses::v6>, "Use IPv6 addresses only."},
    {"key", OptionKind::file, set_text<&Settings::key>, "Key of the client's certificate (PEM)."},
    {"limit-rate"},
    {"location", OptionKind::boolean, set_flag<&Settings::location>, "Follow redirects, also of URLs."},
    {"location-trusted", OptionKind::boolean,
     [](Settings& settings, const Value& value) { settings.location = settings.location_trusted = *value.as<bool>(); },
     "Follow redirects, and send credentials to other hosts, too."},
    {"max-redirs", OptionKind::integer, set_number<&Settings::max_redirs>,
     "Largest number of redirects; -1: any number."},
    {"max-time", OptionKind::seconds, set_wait<&Settings::max_time>,
     "Longest time of a request; without a unit in seconds."},
    {"negotiate"},
    {"netrc"},
    {"netrc-file"},
    {"netrc-optional"},
    {"no-cookie-store", OptionKind::boolean,
     [](Settings& settings, const Value& value) { settings.cookie_store = !*value.as<bool>(); },
     "Keep no cookies between requests."},
    {"no-jsonpath-coercion", OptionKind::boolean,
     [](Settings& settings, const Value& value) {
         settings.coercion = *value.as<bool>() ? Coercion::off : Coercion::on;
     },
     "A JSONPath gives a list always."},
    {"no-proxy", OptionKind::text, set_text<&Settings::no_proxy>,
     "Hosts that are asked without the proxy, separated by commas."},
    {"ntlm"},
    {"output", OptionKind::file, set_text<&Settings::output>},
    {"path-as-is", OptionKind::boolean, set_flag<&Settings::path_as_is>, "Keep /../ and /./ in paths."},
    {"pinnedpubkey"},
    {"proxy", OptionKind::text, set_text<&Settings::proxy>, "Proxy of the requests."},
    {"repeat", OptionKind::integer, set_number<&Settings::repeat>,
     "Number of times that each request is sent; -1: until the deadline."},
    {"resolve", OptionKind::text, add_text_to<&Settings::resolve>},
    {"retry", OptionKind::integer, set_number<&Settings::retry>,
     "Number of further tries of a failed request; -1: until the deadline."},
    {"retry-interval", OptionKind::milliseconds, set_wait<&Settings::retry_interval>,
     "Wait before a further try; without a unit in milliseconds."},
    {"skip", OptionKind::boolean, set_flag<&Settings::skip>},
    {"unix-socket", OptionKind::file, set_text<&Settings::unix_socket>, "Connect to this socket instead of the host."},
    {"user", OptionKind::text, set_text<&Settings::user>, "Name and password of every request, as NAME:PASSWORD."},
    {"variable", OptionKind::variable, nullptr},
    {"verbose", OptionKind::boolean, set_flag<&Settings::verbose>},
    {"verbosity", OptionKind::text,
     [](Settings& settings, const Value& value) { settings.verbose = *value.as<std::string>() != "brief"; }},
    {"very-verbose", OptionKind::boolean, set_flag<&Settings::verbose>, "Log each request and its answer."},
};

Result<Value> boolean_of(const Value& value) {
    if (value.as<bool>()) return value;
    const auto* text = value.as<std::string>();
    if (text && (*text == "true" || *text == "false")) return Value{*text == "true"};
    return usage(fmt::format("expected true or false, not {}", describe(value)));
}

Result<Value> integer_of(const Value& value) {
    std::optional<std::int64_t> number;
    if (const auto* is = value.as<std::int64_t>()) number = *is;
    if (const auto* text = value.as<std::string>())
        if (const auto parsed = parse_integer(*text); parsed.ok()) number = parsed.value();
    if (!number || *number < -1)
        return usage(fmt::format("expected a whole number, or -1 for no limit, not {}", describe(value)));
    return Value{*number};
}

Result<Value> wait_of(const Value& value, OptionKind kind) {
    const auto text = rendered(value).value_or("");
    const auto wait = TRY(parse_wait(text, kind));
    return Value{static_cast<std::int64_t>(wait.count())};
}

}

std::span<const OptionRow> option_rows() { return rows; }

const OptionRow* find_option(std::string_view name) {
    const auto found =
        std::find_if(std::begin(rows), std::end(rows), [&](const OptionRow& row) { return row.name == name; });
    return found == std::end(rows) ? nullptr : found;
}

Result<Milliseconds> parse_wait(std::string_view text, OptionKind kind) {
    const auto digits = text.substr(0, text.find_first_not_of("0123456789"));
    const auto unit = text.substr(digits.size());
    const auto number = parse_integer(std::string(digits));
    const auto refused = [&] {
        return usage(fmt::format("'{}' is not a duration; expected a whole number with ms, s, m or h", text));
    };
    if (!number.ok()) return refused();
    constexpr std::int64_t longest = 1'000'000'000; // 277 hours in seconds; more is a slip of the pen
    if (number.value() > longest) return refused();
    const std::int64_t factor = unit == "ms"   ? 1
                                : unit == "s"  ? 1000
                                : unit == "m"  ? 60'000
                                : unit == "h"  ? 3'600'000
                                : unit.empty() ? (kind == OptionKind::seconds ? 1000 : 1)
                                               : 0;
    if (factor == 0) return refused();
    return Milliseconds{number.value() * factor};
}

Result<void> set_option(Settings& settings, const OptionRow& row, const Value& value) {
    Value typed = value;
    switch (row.kind) {
    case OptionKind::boolean: typed = TRY(boolean_of(value)); break;
    case OptionKind::integer: typed = TRY(integer_of(value)); break;
    case OptionKind::milliseconds:
    case OptionKind::seconds: typed = TRY(wait_of(value, row.kind)); break;
    case OptionKind::text:
    case OptionKind::file: typed = Value{rendered(value).value_or("")}; break;
    case OptionKind::variable:
    case OptionKind::unsupported: return {};
    }
    if (row.name == "header") {
        const auto& line = *typed.as<std::string>();
        const auto colon = line.find(':');
        if (colon == line.npos || colon == 0)
            return usage(fmt::format("'{}' has no {}; write 'Name: value'", line, colon == 0 ? "name" : "colon"));
    }
    row.set(settings, typed);
    return {};
}

}
