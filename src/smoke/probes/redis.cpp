#include "config/rows.h"
#include "smoke/probes/replies.h"
#include "smoke/probes/talk.h"
#include "smoke/settings/probe.h"
#include "smoke/settings/probes.h"
#include <algorithm>
#include <fmt/format.h>

// Redis and its kin: PING. No password is needed: a server that asks for one is there.
namespace fairlead::smoke {

namespace {

struct RedisProbe {
    std::string address;
    bool tls = false;
};

const config::Rows<RedisProbe> redis_rows = {
    {"address", &RedisProbe::address, "HOST or HOST:PORT (default 6379).", {.needed = Needed::required}},
    {"tls", &RedisProbe::tls, "Whether the server speaks TLS from the first byte."},
};

Attempt ask_redis(const Server& server, Tls tls, const World& world) {
    constexpr std::string_view rule = "smoke/service", ping = "*1\r\n$4\r\nPING\r\n";
    constexpr std::size_t limit = 8192;
    Talk talk(world);
    if (!talk.open(request_to(server, tls, world)) || !talk.send(ping)) return talk.failed(rule);
    std::string fault;
    auto reply = take_redis_reply(talk.received, fault);
    while (!reply && fault.empty()) {
        if (!talk.receive(limit)) return talk.failed(rule);
        reply = take_redis_reply(talk.received, fault);
    }
    if (!reply) return talk.wrong(rule, fault);
    const auto word = reply->text.substr(0, reply->text.find(' '));
    const auto is_one_of = [&](std::initializer_list<std::string_view> words) {
        return reply->is_error && std::find(words.begin(), words.end(), word) != words.end();
    };
    const auto said = fmt::format("answers '{}'", foreign((reply->is_error ? "-" : "+") + reply->text));
    if (is_one_of({"LOADING", "BUSY", "MASTERDOWN"})) return talk.starting(rule, said);
    const bool is_closed_to_us = is_one_of({"NOAUTH", "DENIED", "NOPERM"});
    if (!is_closed_to_us && (reply->is_error || word != "PONG")) return talk.wrong(rule, said + ", expected PONG");
    auto attempt = talk.good();
    attempt.facts.emplace_back("answer", foreign(reply->text));
    return attempt;
}

Result<Question> read_redis(const config::Value& value, const std::string&) {
    auto probe = TRY(settings_of(value, redis_rows, &RedisProbe::address));
    constexpr int redis_port = 6379;
    const auto server = TRY(at_key(value, "address", parse_server(probe.address, redis_port)));
    const auto tls = probe.tls ? Tls::yes : Tls::no;
    return Question{"redis://" + server.address(),
                    [=](const Check&, const World& world) { return ask_redis(server, tls, world); }};
}

}

const Probe& redis_probe() {
    static const Probe row{"redis",    "PING of Redis, Valkey and their kin; no password is needed.",
                           "address",  [] { return redis_rows.fields(); },
                           read_redis, [](const config::Value&) { return false; }};
    return row;
}

}
