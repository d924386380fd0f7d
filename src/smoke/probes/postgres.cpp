#include "base/text.h"
#include "config/rows.h"
#include "smoke/probes/replies.h"
#include "smoke/probes/talk.h"
#include "smoke/probes/values.h"
#include "smoke/settings/probe.h"
#include "smoke/settings/probes.h"
#include <algorithm>
#include <fmt/format.h>

// PostgreSQL: up to the point where the server asks for a password (its documentation, 55.2).
namespace fairlead::smoke {

namespace {

constexpr std::string_view postgres_rule = "smoke/service";

struct PostgresProbe {
    std::string address, user = "fairlead", database = "postgres";
    bool tls = false;
};

// The server reads them up to a NUL, and closes the connection without a word if they are long.
Result<void> check_sent_name(const config::Value& name, const std::string& key) {
    constexpr std::size_t longest = 128; // PostgreSQL cuts names at 63 bytes, PgBouncer at 128
    const auto text = name.text();
    if (!trim(text).empty() && !has_control(text) && text.size() <= longest) return {};
    return name.error(
        fmt::format("{} is empty, longer than {} bytes, or has a line break or a control character; write "
                    "a name, or remove it",
                    key, longest));
}

const config::Rows<PostgresProbe> postgres_rows = {
    {"address", &PostgresProbe::address, "HOST or HOST:PORT (default 5432).", {.needed = Needed::required}},
    {"user",
     &PostgresProbe::user,
     "The user that the server is told; no password is sent.",
     {.check = check_sent_name}},
    {"database", &PostgresProbe::database, "The database that the server is told.", {.check = check_sent_name}},
    {"tls", &PostgresProbe::tls, "Whether the server must offer TLS."},
};

std::string in_four_bytes(std::size_t number) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xff);
    return bytes;
}

std::string ssl_request() { return in_four_bytes(8) + in_four_bytes(80'877'103); }

std::string startup_message(const PostgresProbe& probe) {
    std::string content = in_four_bytes(196'608); // protocol 3.0
    for (const auto& text : {std::string("user"), probe.user, std::string("database"), probe.database})
        content += text + '\0';
    content += '\0';
    return in_four_bytes(content.size() + 4) + content;
}

// Nothing: it offers TLS, and expects a handshake on this connection, which it doesn't get.
std::optional<Attempt> refuse_without_tls(Talk& talk) {
    if (!talk.send(ssl_request()) || !talk.receive(1)) return talk.failed(postgres_rule);
    if (talk.received == "S") return {};
    if (talk.received == "N")
        return talk.wrong(postgres_rule, "offers no TLS; switch ssl on in postgresql.conf, or remove tls");
    talk.receive(64);
    return talk.wrong(postgres_rule,
                      fmt::format("answers '{}' to the question for TLS, expected S or N", foreign(talk.received)));
}

// Whoever answers that this user, this database or a connection without TLS is not allowed, is there. Poolers have the
// code of a protocol error for all of it.
bool is_answer(const PostgresError& error) {
    if (error.code.starts_with("28") || error.code.starts_with("3D")) return true;
    return error.code.starts_with("08") &&
           has_any(lower(error.message), {"ssl", "tls", "insecure", "no such database"});
}

Attempt judge_refusal(Talk& talk, const PostgresError& error) {
    const auto said = fmt::format("answers '{}: {}' ({})", error.severity, error.message, error.code);
    if (error.code.starts_with("57P"))
        return talk.starting(postgres_rule, foreign(said)); // it starts, stops or recovers
    if (!is_answer(error)) return talk.wrong(postgres_rule, foreign(said));
    auto attempt = talk.good();
    attempt.facts.emplace_back("answer", foreign(error.message));
    return attempt;
}

// Authentication...: a number in four bytes.
bool is_let_in(std::string_view content) { return content.substr(0, 4) == std::string_view("\0\0\0\0", 4); }

Attempt judge_startup(Talk& talk, const PostgresProbe& probe) {
    constexpr std::size_t limit = 128u << 10;
    constexpr int most_notices = 100;
    std::string fault;
    for (int notices = 0; notices <= most_notices;) {
        const auto message = take_postgres_message(talk.received, fault);
        if (!fault.empty()) return talk.wrong(postgres_rule, fault);
        if (!message) {
            if (!talk.receive(limit)) return talk.failed(postgres_rule);
            continue;
        }
        if (message->type == 'E') return judge_refusal(talk, read_postgres_error(message->content));
        if (message->type == 'R' && message->content.size() < 4)
            return talk.wrong(postgres_rule, "answers with half a demand for a password; is it PostgreSQL?");
        if (message->type == 'R' && !is_let_in(message->content)) return talk.good();
        if (message->type == 'Z') { // ready for a query: only then there was room for one more
            auto attempt = talk.good();
            attempt.facts.emplace_back("login", fmt::format("lets {} in without a password", foreign(probe.user)));
            return attempt;
        }
        ++notices;
    }
    return talk.wrong(postgres_rule,
                      fmt::format("sent more than {} messages without asking for a password", most_notices));
}

Attempt ask_postgres(const Server& server, const PostgresProbe& probe, const World& world) {
    Talk talk(world);
    const auto request = request_to(server, Tls::no, world);
    if (!talk.open(request)) return talk.failed(postgres_rule);
    if (probe.tls) {
        if (auto refused = refuse_without_tls(talk)) return std::move(*refused);
        if (!talk.open(request)) return talk.failed(postgres_rule);
    }
    if (!talk.send(startup_message(probe))) return talk.failed(postgres_rule);
    return judge_startup(talk, probe);
}

Result<Question> read_postgres(const config::Value& value, const std::string&) {
    auto probe = TRY(settings_of(value, postgres_rows, &PostgresProbe::address));
    constexpr int postgres_port = 5432;
    const auto server = TRY(at_key(value, "address", parse_server(probe.address, postgres_port)));
    return Question{"postgres://" + server.address(),
                    [=](const Check&, const World& world) { return ask_postgres(server, probe, world); }};
}

}

const Probe& postgres_probe() {
    static const Probe row{"postgres",    "PostgreSQL up to its demand for a password; none is needed.",
                           "address",     [] { return postgres_rows.fields(); },
                           read_postgres, [](const config::Value&) { return false; }};
    return row;
}

}
