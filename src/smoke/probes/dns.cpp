#include "base/text.h"
#include "config/rows.h"
#include "smoke/probes/talk.h"
#include "smoke/probes/values.h"
#include "smoke/settings/probe.h"
#include "smoke/settings/probes.h"
#include "sys/http/addresses.h"
#include "sys/http/records.h"
#include <algorithm>
#include <fmt/format.h>

// Records of a name.
namespace fairlead::smoke {

namespace {

using sys::RecordType;

struct DnsProbe {
    std::string name, server;
    std::optional<RecordType> type; // nothing: A and AAAA, as applications look them up
    std::vector<std::string> contains, equals;
};

constexpr std::pair<std::string_view, RecordType> record_types[] = {{"A", RecordType::a},
                                                                    {"AAAA", RecordType::aaaa},
                                                                    {"CNAME", RecordType::cname},
                                                                    {"TXT", RecordType::txt},
                                                                    {"MX", RecordType::mx}};

Result<void> read_type(const config::Value& value, DnsProbe& probe) {
    for (const auto& [name, type] : record_types)
        if (value.text() == name) probe.type = type;
    return {};
}

const config::Rows<DnsProbe> dns_rows = {
    {"name", &DnsProbe::name, "The complete name.", {.needed = Needed::required}},
    {"type",
     {Type::text, read_type},
     "The type of the records; default: A and AAAA, by the system's resolver.",
     {.allowed = {"A", "AAAA", "CNAME", "TXT", "MX"}}},
    {"server",
     &DnsProbe::server,
     "The name server to ask, ADDRESS[:PORT]; default: those of the system.",
     {.check = check_not_empty}},
    {"contains", &DnsProbe::contains, "Answers that must be among all answers; of TXT also `~ a part` or `/pattern/`."},
    {"equals", &DnsProbe::equals, "Exactly these answers, in any order."},
};

bool is_address_type(const DnsProbe& probe) {
    return !probe.type || *probe.type == RecordType::a || *probe.type == RecordType::aaaa;
}

// As two texts that mean the same record are equal.
std::string settled_answer(const DnsProbe& probe, const std::string& text) {
    if (probe.type == RecordType::txt) return text;
    if (is_address_type(probe)) return sys::canonical_address(text);
    auto name = lower(trim(text));
    if (name.ends_with('.')) name.pop_back();
    return name;
}

bool fits_answer(const DnsProbe& probe, const std::string& wanted, const std::string& answer) {
    return settled_answer(probe, wanted) == settled_answer(probe, answer);
}

bool is_among(const DnsProbe& probe, const std::string& wanted, const std::vector<std::string>& answers) {
    if (probe.type == RecordType::txt) {
        const auto matcher = parse_expected(wanted);
        if (!matcher.ok()) return false;
        const auto fits = [&](const auto& answer) { return matches(matcher.value(), answer); };
        return matcher->negated ? std::all_of(answers.begin(), answers.end(), fits)
                                : std::any_of(answers.begin(), answers.end(), fits);
    }
    return std::any_of(answers.begin(), answers.end(), [&](const auto& answer) {
        // The preference of a mail server may be left out.
        return fits_answer(probe, wanted, answer) ||
               (probe.type == RecordType::mx && fits_answer(probe, wanted, answer.substr(answer.find(' ') + 1)));
    });
}

std::string listed(const std::vector<std::string>& answers) {
    constexpr std::size_t most = 12;
    auto some = answers;
    std::sort(some.begin(), some.end()); // servers rotate them
    some.resize(std::min(some.size(), most));
    for (auto& answer : some) answer = foreign(answer);
    return join(some, ", ") + (answers.size() > most ? fmt::format(" and {} more", answers.size() - most) : "");
}

std::optional<Mismatch> judge_answers(const DnsProbe& probe, const std::vector<std::string>& answers) {
    const auto wrong = [&](std::string_view expected) {
        return Mismatch{"smoke/dns", fmt::format("the answer is {}, expected {}", listed(answers), expected)};
    };
    for (const auto& wanted : probe.contains)
        if (!is_among(probe, wanted, answers)) return wrong(fmt::format("{} among it", wanted));
    if (probe.equals.empty()) return {};
    const auto all_known = std::all_of(answers.begin(), answers.end(), [&](const auto& answer) {
        return std::any_of(probe.equals.begin(), probe.equals.end(),
                           [&](const auto& wanted) { return fits_answer(probe, wanted, answer); });
    });
    const auto all_there = std::all_of(probe.equals.begin(), probe.equals.end(), [&](const auto& wanted) {
        return std::any_of(answers.begin(), answers.end(),
                           [&](const auto& answer) { return fits_answer(probe, wanted, answer); });
    });
    if (all_known && all_there) return {};
    return wrong("exactly " + join(probe.equals, ", "));
}

// What all questions together have found.
struct DnsFound {
    std::vector<std::string> answers;
    std::string reason, alias, server; // reason: why there are no answers
};

DnsFound ask_system(const DnsProbe& probe, const Talk& talk, const World& world) {
    auto found = sys::addresses_of(probe.name, talk.left(), &world.cancel);
    return {std::move(found.list), std::move(found.reason), "", ""};
}

DnsFound ask_servers(const DnsProbe& probe, const Talk& talk, const World& world) {
    DnsFound found;
    const auto types = probe.type ? std::vector{*probe.type} : std::vector{RecordType::a, RecordType::aaaa};
    for (const auto type : types) {
        auto records = sys::look_up_records({probe.name, type, probe.server, talk.left(), &world.cancel});
        if (!records.ok()) return {{}, records.error().message, "", ""};
        found.server = records->server;
        // Half of an answer is none.
        if (records->found == sys::Records::Found::unanswered) return {{}, records->reason, "", records->server};
        if (!records->alias.empty()) found.alias = records->alias;
        if (!records->reason.empty()) found.reason = records->reason;
        found.answers.insert(found.answers.end(), records->list.begin(), records->list.end());
    }
    return found;
}

Attempt ask_dns(const DnsProbe& probe, const World& world) {
    Talk talk(world);
    const bool by_system = !probe.type && probe.server.empty();
    const auto found = by_system ? ask_system(probe, talk, world) : ask_servers(probe, talk, world);
    if (found.answers.empty()) {
        talk.response().failure = sys::HttpFailure::resolve; // which is asked again
        const auto who = found.server.empty() ? "" : fmt::format(", says {}", found.server);
        const bool names_server = found.reason.find(found.server) != std::string::npos;
        return talk.finish(Mismatch{"smoke/dns", foreign(found.reason) + (names_server ? "" : who)});
    }
    auto attempt = talk.finish(judge_answers(probe, found.answers));
    attempt.facts.emplace_back("answers", listed(found.answers));
    if (!found.alias.empty()) attempt.facts.emplace_back("alias", foreign(found.alias));
    return attempt;
}

// Of CNAME and MX: "mail.example.org", "10 mail.example.org"; RFC 7505: "."
Result<void> check_wanted_name(const DnsProbe& probe, const config::Value& item) {
    const auto text = item.text();
    std::string_view name = trim(std::string_view(text));
    const auto blank = name.find(' ');
    const bool has_preference = probe.type == RecordType::mx && blank != name.npos &&
                                std::all_of(name.begin(), name.begin() + static_cast<std::ptrdiff_t>(blank), is_digit);
    if (has_preference) name = trim(name.substr(blank));
    if (name == "." || is_host_name(name)) return {};
    return item.error(fmt::format("{} is not a name; write one such as {}mail.example.org", shown_value(text),
                                  probe.type == RecordType::mx ? "10 " : ""));
}

Result<void> check_wanted(const DnsProbe& probe, const config::Value& value, std::string_view key) {
    const auto items = value[key].items();
    if (value[key].present() && items.empty())
        return value[key].error(fmt::format("{} is empty; write the expected answer, or remove it", key));
    for (const auto& item : items) {
        const auto text = item.text();
        if (trim(text).empty())
            return item.error(fmt::format("an answer of {} is empty; write the expected answer", key));
        if (probe.type == RecordType::txt && key == "contains") {
            if (const auto matcher = parse_expected(text); !matcher.ok()) return item.error(matcher.error().message);
            continue;
        }
        if (probe.type == RecordType::txt) continue;
        if (!is_address_type(probe)) {
            TRY_VOID(check_wanted_name(probe, item));
            continue;
        }
        const auto address = sys::canonical_address(text);
        const bool is_six = address.find(':') != address.npos;
        if (address.empty())
            return item.error(fmt::format("'{}' is not an address; write one such as 203.0.113.7", text));
        if (probe.type && is_six != (*probe.type == RecordType::aaaa))
            return item.error(fmt::format("'{}' is not an address of this type; A has IPv4, AAAA has IPv6", text));
    }
    return {};
}

// DNS itself allows any byte, but what has others here is a URL or a slip. An address is its own answer.
Result<void> check_dns_name(const std::string& name) {
    if (!sys::canonical_address(name).empty())
        return usage(fmt::format("'{}' is an address already; write a name, such as app.example.org", name));
    TRY_VOID(sys::check_question({name, RecordType::a, "", {}, nullptr}));
    if (is_host_name(replace_all(name, "*", "x"))) return {};
    return usage(fmt::format("{} is not a name; write letters, digits, dots, - and _, such as app.example.org",
                             shown_value(name)));
}

Result<Question> read_dns(const config::Value& value, const std::string&) {
    auto probe = TRY(settings_of(value, dns_rows, &DnsProbe::name));
    const auto type = probe.type.value_or(RecordType::a);
    TRY_VOID(at_key(value, "name", check_dns_name(probe.name)));
    if (!probe.server.empty())
        TRY_VOID(at_key(value, "server", sys::check_question({probe.name, type, probe.server, {}, nullptr})));
    TRY_VOID(check_wanted(probe, value, "contains"));
    TRY_VOID(check_wanted(probe, value, "equals"));
    const auto shown = fmt::format("dns://{}{}", probe.name, probe.type ? "?type=" + value["type"].text() : "");
    return Question{shown, [=](const Check&, const World& world) { return ask_dns(probe, world); }};
}

}

const Probe& dns_probe() {
    static const Probe row{"dns",    "Records of a name, by the system or by a given name server.",
                           "name",   [] { return dns_rows.fields(); },
                           read_dns, [](const config::Value&) { return false; }};
    return row;
}

}
