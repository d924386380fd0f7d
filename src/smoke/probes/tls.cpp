#include "base/text.h"
#include "config/rows.h"
#include "smoke/probes/talk.h"
#include "smoke/probes/weak_ciphers.h"
#include "smoke/runner.h"
#include "smoke/settings/probe.h"
#include "smoke/settings/probes.h"
#include "sys/digest.h"
#include "sys/http/addresses.h"
#include <algorithm>
#include <fmt/format.h>

// TLS of a server: its certificates, their dates, versions and ciphers.
namespace fairlead::smoke {

namespace {

using sys::TlsVersion;

constexpr std::string_view tls_rule = "smoke/tls", expiry_rule = "smoke/tls-expiry";
constexpr TlsVersion tls_versions[] = {TlsVersion::v1_0, TlsVersion::v1_1, TlsVersion::v1_2, TlsVersion::v1_3};

struct TlsProbe {
    std::string host, name;
    std::int64_t days = 14;
    TlsVersion min = TlsVersion::v1_2;
    bool weak = true, staple = false;
};

Result<void> read_min(const config::Value& value, TlsProbe& probe) {
    for (const auto version : tls_versions)
        if (sys::name_of(version) == value.text()) probe.min = version;
    return {};
}

// Public certificates are valid for about a year, those of an authority of one's own rarely for more than ten.
Result<void> check_days(const config::Value& days, const std::string&) {
    constexpr std::int64_t most_days = 3650;
    if (days.integer(0) <= most_days) return {};
    return days.error(fmt::format(
        "days is more than {}, and no certificate is valid for so long; write a number such as 21", most_days));
}

const config::Rows<TlsProbe> tls_rows = {
    {"host", &TlsProbe::host, "HOST or HOST:PORT (default 443).", {.needed = Needed::required}},
    {"name", &TlsProbe::name, "Another name to ask for (SNI) and to find in the certificate."},
    {"days",
     {&TlsProbe::days, Type::count},
     "Days that every certificate must still be valid; at most 3650.",
     {.check = check_days}},
    {"min",
     {Type::text, read_min},
     "The oldest version that the server may accept; default: TLSv1.2.",
     {.allowed = {"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}}},
    {"weak", &TlsProbe::weak, "Whether the server must refuse an offer of weak ciphers only."},
    {"staple", &TlsProbe::staple, "Whether the server must staple a good OCSP answer."},
};

std::string date_of(SystemTime time) { return format_utc(time).substr(0, 10); }

std::int64_t days_until(SystemTime end, SystemTime now) {
    return std::chrono::floor<std::chrono::days>(end - now).count();
}

// One attempt. A certificate is judged after the handshake, so that its dates are known whatever is wrong with it.
class TlsAttempt {
  public:
    TlsAttempt(const TlsProbe& probe, const Server& server, const World& world)
        : probe_(probe), server_(server), world_(world), talk_(world) {}

    Attempt run();

  private:
    sys::HttpRequest request() const;
    std::string name() const { return probe_.name.empty() ? server_.host : probe_.name; }
    void add(std::string_view rule, std::string message, Outcome outcome);
    void judge_trust(const sys::Handshake& seen);
    void judge_dates(const sys::Handshake& seen);
    bool judge_version(const sys::Handshake& seen); // false: it is too old
    void judge_old_versions();
    void judge_weak_ciphers();
    Attempt no_handshake();
    Attempt finish(sys::HttpResponse first);

    const TlsProbe& probe_;
    const Server& server_;
    const World& world_;
    Talk talk_;
    std::vector<Mismatch> faults_;
    Outcome outcome_ = Outcome::good; // the gravest
};

sys::HttpRequest TlsAttempt::request() const {
    auto request = request_to(server_, Tls::yes, world_);
    request.look_at_tls = true;
    request.insecure = false; // what is wrong with the certificate doesn't end the handshake
    if (!probe_.name.empty()) {
        request.url = fmt::format("https://{}:{}", probe_.name, server_.port);
        request.connect_to = {fmt::format("{}:{}:{}", probe_.name, server_.port, server_.address())};
    }
    return request;
}

void TlsAttempt::add(std::string_view rule, std::string message, Outcome outcome) {
    faults_.push_back({std::string(rule), std::move(message)});
    outcome_ = std::max(outcome_, outcome);
}

void TlsAttempt::judge_trust(const sys::Handshake& seen) {
    if (world_.plan.insecure || seen.chain.empty()) return;
    const auto& own = seen.chain.front();
    if (!seen.distrust.empty() && !seen.is_expired) // judge_dates() says which one has expired
        add(tls_rule,
            fmt::format("the certificate is not trusted: {} ({}, issued by {}, valid from {} to {})", seen.distrust,
                        foreign(own.subject), foreign(own.issuer), date_of(own.begins), date_of(own.ends)),
            Outcome::hopeless);
    if (seen.names_host) return;
    const auto names = own.names.empty() ? own.subject : join(own.names, ", ");
    add(tls_rule,
        fmt::format("the certificate is not for {}, but for {} (valid to {})", name(), foreign(names),
                    date_of(own.ends)),
        Outcome::hopeless);
}

void TlsAttempt::judge_dates(const sys::Handshake& seen) {
    const auto first = std::min_element(seen.chain.begin(), seen.chain.end(),
                                        [](const auto& a, const auto& b) { return a.ends < b.ends; });
    if (first == seen.chain.end()) return;
    const auto left = days_until(first->ends, world_.clock.now());
    const bool is_over = left < 0 || seen.is_expired;
    if (!is_over && left >= probe_.days) return;
    const auto which =
        fmt::format("{} ({})", first == seen.chain.begin() ? "the certificate" : "a certificate of the chain",
                    foreign(first->subject));
    if (is_over)
        add(expiry_rule, fmt::format("{} has expired on {}", which, date_of(first->ends)),
            seen.is_expired && !world_.plan.insecure ? Outcome::hopeless : Outcome::broken);
    else
        add(expiry_rule,
            fmt::format("{} ends on {}, in {} day{}; expected at least {}", which, date_of(first->ends), left,
                        left == 1 ? "" : "s", probe_.days),
            Outcome::broken);
}

bool TlsAttempt::judge_version(const sys::Handshake& seen) {
    for (const auto version : tls_versions) {
        if (seen.version != sys::name_of(version) || version >= probe_.min) continue;
        add(tls_rule,
            fmt::format("the server negotiates {}, expected {} or newer", seen.version, sys::name_of(probe_.min)),
            Outcome::broken);
        return false;
    }
    return true;
}

// Whether the server refuses everything older than it may accept.
void TlsAttempt::judge_old_versions() {
    if (probe_.min == TlsVersion::v1_0) return;
    sys::ConnectionOptions options;
    options.newest = tls_versions[static_cast<std::size_t>(probe_.min) - 1];
    const bool accepted = talk_.open(request(), options);
    const auto& response = talk_.response();
    using sys::HttpFailure;
    if (accepted && response.handshake)
        return add(tls_rule,
                   fmt::format("the server also accepts {}, expected that it refuses everything older than {}",
                               response.handshake->version, sys::name_of(probe_.min)),
                   Outcome::broken);
    // Closing the connection is a refusal, too.
    const bool refused = response.failure == HttpFailure::tls_handshake || response.failure == HttpFailure::reset ||
                         response.failure == HttpFailure::empty_reply;
    const bool was_asked = response.reason.find("no protocols available") == std::string::npos;
    if (refused && was_asked) return;
    add(tls_rule,
        fmt::format("whether the server refuses versions older than {} could not be found out: {}",
                    sys::name_of(probe_.min), was_asked ? response.reason : "OpenSSL here offers none of them"),
        was_asked ? Outcome::starting : Outcome::broken);
}

void TlsAttempt::judge_weak_ciphers() {
    constexpr int random_size = 32;
    const auto undecided = [&](const std::string& reason) {
        add(tls_rule, fmt::format("whether the server refuses weak ciphers could not be found out: {}", reason),
            Outcome::starting);
    };
    const bool is_name = sys::canonical_address(name()).empty();
    const auto hello = weak_client_hello(is_name ? name() : "", from_hex(sys::random_hex(random_size)).value_or(""));
    if (!talk_.open(request_to(server_, Tls::no, world_))) return undecided(talk_.response().reason);
    auto answer = talk_.send(hello) ? read_hello_answer(talk_.received) : std::nullopt;
    while (!answer && talk_.receive(longest_hello_answer)) answer = read_hello_answer(talk_.received);
    const auto failure = talk_.response().failure;
    const bool closed = talk_.is_closed() || failure == sys::HttpFailure::reset;
    if (!answer && closed) return; // a refusal, too
    if (!answer) return undecided(failure == sys::HttpFailure::timeout ? "no answer in time" : talk_.response().reason);
    if (!answer->fault.empty()) return undecided("the server " + answer->fault);
    if (!answer->is_refused)
        add(tls_rule,
            fmt::format("the server accepts the weak cipher {}, expected that it refuses all of them", answer->suite),
            Outcome::broken);
}

// Says more than "handshake failure" of a server that has only old versions.
Attempt TlsAttempt::no_handshake() {
    auto first = talk_.response();
    if (first.failure == sys::HttpFailure::tls_handshake) {
        sys::ConnectionOptions options;
        options.newest = TlsVersion::v1_1;
        if (talk_.open(request(), options) && talk_.response().handshake) {
            const auto version = talk_.response().handshake->version;
            first.failure = sys::HttpFailure::none;
            talk_.response() = std::move(first);
            return talk_.wrong(tls_rule, fmt::format("the server accepts only versions up to {}, expected {} or newer",
                                                     version, sys::name_of(std::max(probe_.min, TlsVersion::v1_2))));
        }
    }
    const bool is_tls =
        first.failure == sys::HttpFailure::tls_handshake || first.failure == sys::HttpFailure::certificate;
    auto reason = (first.failure == sys::HttpFailure::tls_handshake ? "the TLS handshake failed: " : "") + first.reason;
    talk_.response() = std::move(first);
    return talk_.finish(Mismatch{std::string(is_tls ? tls_rule : "smoke/connect"), std::move(reason)});
}

Attempt TlsAttempt::finish(sys::HttpResponse first) {
    const auto seen = first.handshake.value_or(sys::Handshake{});
    talk_.response() = std::move(first);
    auto attempt = talk_.finish(faults_.empty() ? std::nullopt : std::optional(faults_.front()));
    attempt.outcome = outcome_;
    if (faults_.size() > 1) attempt.more.assign(faults_.begin() + 1, faults_.end());
    attempt.facts.emplace_back("version", seen.version);
    if (seen.chain.empty()) return attempt;
    auto earliest = seen.chain.front().ends;
    for (const auto& certificate : seen.chain) earliest = std::min(earliest, certificate.ends);
    attempt.facts.emplace_back("days left", std::to_string(days_until(earliest, world_.clock.now())));
    attempt.facts.emplace_back("ends", date_of(earliest));
    attempt.facts.emplace_back("names", foreign(join(seen.chain.front().names, ", ")));
    attempt.facts.emplace_back("issuer", foreign(seen.chain.front().issuer));
    return attempt;
}

Attempt TlsAttempt::run() {
    sys::ConnectionOptions options;
    options.wants_staple = probe_.staple;
    const bool connected = talk_.open(request(), options);
    auto first = talk_.response();
    const bool has_certificate = first.handshake && !first.handshake->chain.empty();
    if (!connected && !(has_certificate && first.failure == sys::HttpFailure::certificate)) return no_handshake();
    const auto seen = first.handshake.value_or(sys::Handshake{});
    judge_trust(seen);
    judge_dates(seen);
    if (!connected) {
        const bool lacks_issuer = first.reason.find("computing OCSP ID") != std::string::npos;
        add(tls_rule,
            fmt::format("no good OCSP answer is stapled: {}",
                        lacks_issuer
                            ? "it can't be checked, because the server doesn't send the certificate of its issuer"
                            : foreign(first.reason)),
            Outcome::broken);
        first.failure = sys::HttpFailure::none;
    }
    if (judge_version(seen)) judge_old_versions();
    if (probe_.weak) judge_weak_ciphers();
    return finish(std::move(first));
}

Result<Question> read_tls(const config::Value& value, const std::string&) {
    auto probe = TRY(settings_of(value, tls_rows, &TlsProbe::host));
    constexpr int https_port = 443;
    const auto server = TRY(at_key(value, "host", parse_server(probe.host, https_port)));
    if (value["name"].present()) {
        const auto name = TRY(at_key(value, "name", parse_server(probe.name, https_port)));
        if (name.host != probe.name)
            return value["name"].error(fmt::format("'{}' is not a name; write a host without its port", probe.name));
    }
    return Question{"tls://" + server.address(),
                    [=](const Check&, const World& world) { return TlsAttempt(probe, server, world).run(); }};
}

}

const Probe& tls_probe() {
    static const Probe row{"tls",    "Certificates, their dates, versions and ciphers of a TLS server.",
                           "host",   [] { return tls_rows.fields(); },
                           read_tls, [](const config::Value&) { return false; }};
    return row;
}

}
