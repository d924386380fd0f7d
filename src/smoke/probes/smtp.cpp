#include "base/text.h"
#include "config/rows.h"
#include "smoke/probes/replies.h"
#include "smoke/probes/talk.h"
#include "smoke/settings/probe.h"
#include "smoke/settings/probes.h"
#include <algorithm>
#include <fmt/format.h>

// SMTP (RFC 5321): the greeting, EHLO and QUIT. No mail is sent.
namespace fairlead::smoke {

namespace {

constexpr std::string_view smtp_rule = "smoke/service";

struct SmtpProbe {
    std::string address;
    bool tls = false;
};

const config::Rows<SmtpProbe> smtp_rows = {
    {"address", &SmtpProbe::address, "HOST or HOST:PORT (default 25, with TLS 465).", {.needed = Needed::required}},
    {"tls", &SmtpProbe::tls, "Whether the server speaks TLS from the first byte (not STARTTLS)."},
};

// Nothing: `fault` or the talk says why.
std::optional<SmtpReply> next_reply(Talk& talk, std::string& fault) {
    constexpr std::size_t limit = 64u << 10;
    for (;;) {
        auto reply = take_smtp_reply(talk.received, fault);
        if (reply || !fault.empty() || !talk.receive(limit)) return reply;
    }
}

// A client without a name gives its address (4.1.3).
std::string own_name(const Talk& talk) {
    const auto address = talk.local_address();
    if (address.empty()) return "[127.0.0.1]";
    return fmt::format("[{}{}]", address.find(':') != address.npos ? "IPv6:" : "", address);
}

// What went wrong with the answer to `command`; nothing: it has this code.
std::optional<Attempt> refuse_smtp(Talk& talk, const std::optional<SmtpReply>& reply, const std::string& fault,
                                   int code, std::string_view command) {
    if (!reply && !fault.empty()) return talk.wrong(smtp_rule, fault);
    if (!reply) return talk.failed(smtp_rule);
    if (reply->code == code) return {};
    auto message = fmt::format("{} is answered '{}', expected {}", command, foreign(reply->text()), code);
    const bool is_passing = reply->code >= 400 && reply->code < 500; // 4.2.1: a transient failure
    return is_passing ? talk.starting(smtp_rule, std::move(message)) : talk.wrong(smtp_rule, std::move(message));
}

bool offers_starttls(const SmtpReply& reply) {
    return std::any_of(reply.lines.begin(), reply.lines.end(),
                       [](const auto& line) { return upper(trim(line)) == "STARTTLS"; });
}

Attempt ask_smtp(const Server& server, Tls tls, const World& world) {
    Talk talk(world);
    if (!talk.open(request_to(server, tls, world))) return talk.failed(smtp_rule);
    std::string fault;
    const auto greeting = next_reply(talk, fault);
    if (auto refused = refuse_smtp(talk, greeting, fault, 220, "the connection")) return std::move(*refused);
    if (!talk.send(fmt::format("EHLO {}\r\n", own_name(talk)))) return talk.failed(smtp_rule);
    const auto hello = next_reply(talk, fault);
    if (auto refused = refuse_smtp(talk, hello, fault, 250, "EHLO")) return std::move(*refused);
    if (!talk.send("QUIT\r\n")) return talk.failed(smtp_rule);
    const auto goodbye = next_reply(talk, fault);
    if (auto refused = refuse_smtp(talk, goodbye, fault, 221, "QUIT")) return std::move(*refused);
    auto attempt = talk.good();
    attempt.facts.emplace_back("greeting", foreign(greeting->lines.front()));
    if (tls == Tls::no) attempt.facts.emplace_back("STARTTLS", offers_starttls(*hello) ? "offered" : "not offered");
    return attempt;
}

Result<Question> read_smtp(const config::Value& value, const std::string&) {
    auto probe = TRY(settings_of(value, smtp_rows, &SmtpProbe::address));
    constexpr int smtp_port = 25, smtps_port = 465;
    const auto server = TRY(at_key(value, "address", parse_server(probe.address, probe.tls ? smtps_port : smtp_port)));
    const auto tls = probe.tls ? Tls::yes : Tls::no;
    return Question{"smtp://" + server.address(),
                    [=](const Check&, const World& world) { return ask_smtp(server, tls, world); }};
}

}

const Probe& smtp_probe() {
    static const Probe row{"smtp",    "Greeting and EHLO of a mail server; no mail is sent.",
                           "address", [] { return smtp_rows.fields(); },
                           read_smtp, [](const config::Value&) { return false; }};
    return row;
}

}
