#include "smoke/probes/talk.h"
#include "base/printable.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "smoke/probes/values.h"
#include "smoke/runner.h"
#include "smoke/settings/probe.h"
#include "sys/cancel.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke {

namespace {

constexpr std::size_t most_foreign = 120;

bool is_ipv6(std::string_view text) {
    return std::count(text.begin(), text.end(), ':') >= 2 &&
           text.find_first_not_of("0123456789abcdefABCDEF:.") == text.npos;
}

Error wrong_address(std::string_view text, int default_port) {
    const auto port = default_port > 0 ? default_port : 5432;
    const auto sample = fmt::format("write HOST:PORT such as db.internal:{}", port);
    if (text.find('@') != text.npos || text.find("//") != text.npos) // it may hold a password
        return usage("the address has a user, a password or a scheme, which a probe doesn't need; " + sample);
    if (text.starts_with("unix:")) // confined, the tool opens none: who writes fairlead.yml would reach Docker's
        return usage("a unix socket can't be asked, because fairlead-smoke opens none; " + sample);
    if (is_ipv6(text))
        return usage(fmt::format("'{}' is an IPv6 address; write it in brackets: [{}]:{}", text, text, port));
    return usage(fmt::format("'{}' is not an address; {}", foreign(text), sample));
}

}

std::string Server::address() const {
    const bool is_six = host.find(':') != host.npos;
    return fmt::format("{}:{}", is_six ? "[" + host + "]" : host, port);
}

Result<Server> parse_server(std::string_view text, int default_port) {
    constexpr int largest_port = 65535;
    const auto wrong = [&] { return wrong_address(text, default_port); };
    Server server{.port = default_port};
    const auto bracket = text.starts_with('[') ? text.find(']') : text.npos;
    const auto host_end = bracket != text.npos ? bracket + 1 : std::min(text.find(':'), text.size());
    server.host = bracket != text.npos ? text.substr(1, bracket - 1) : text.substr(0, host_end);
    if (bracket != text.npos ? !is_ipv6(server.host) : !is_host_name(server.host)) return wrong();
    if (host_end < text.size()) {
        const auto digits = text.substr(host_end + 1);
        const auto port = parse_integer(digits).value_or(0);
        if (text[host_end] != ':' || !is_digit(digits.empty() ? ' ' : digits.front())) return wrong();
        if (port < 1 || port > largest_port)
            return usage(fmt::format("port {} in '{}' is not a port; write 1 to 65535", digits, text));
        server.port = static_cast<int>(port);
    }
    if (server.port == 0) return usage(fmt::format("'{}' has no port; write HOST:PORT, such as {}:5432", text, text));
    return server;
}

sys::HttpRequest request_to(const Server& server, Tls tls, const World& world) {
    sys::HttpRequest request;
    const auto& plan = world.plan;
    request.url = fmt::format("{}://{}", tls == Tls::yes ? "https" : "http", server.address());
    request.insecure = plan.insecure;
    request.ca_file = plan.ca_file;
    request.resolve = plan.resolve;
    return request;
}

Talk::Talk(const World& world)
    : world_(world), start_(std::chrono::steady_clock::now()), end_(start_ + std::min(world.plan.timeout, world.left)) {
}

Milliseconds Talk::left() const {
    return std::max(Milliseconds{1}, std::chrono::ceil<Milliseconds>(end_ - std::chrono::steady_clock::now()));
}

bool Talk::has_failed(sys::HttpFailure failure, std::string reason) {
    response_.failure = failure;
    response_.reason = std::move(reason);
    return false;
}

bool Talk::open(sys::HttpRequest request, const sys::ConnectionOptions& options) {
    connection_.reset();
    received.clear();
    closed_ = full_ = false;
    request.timeout = left();
    request.connect_timeout = std::min(world_.plan.connect, request.timeout);
    request.rest_of_deadline = world_.left < world_.plan.timeout;
    request.cancel = &world_.cancel;
    request.fresh_connection = world_.fresh_connection;
    auto connected = sys::open_connection(request, options);
    if (!connected.ok()) {
        response_ = {};
        return has_failed(sys::HttpFailure::other, connected.error().message);
    }
    response_ = std::move(connected->response);
    connection_ = std::move(connected->connection);
    return connection_ != nullptr;
}

bool Talk::send(std::string_view bytes) {
    const auto piece = connection_->write(bytes, end_);
    if (!piece.ok()) return has_failed(sys::HttpFailure::other, piece.error().message);
    response_.sent_any = true;
    if (piece->failure == sys::HttpFailure::none) return true;
    const bool is_late = piece->failure == sys::HttpFailure::timeout;
    return has_failed(piece->failure, is_late ? "the server takes no bytes" : piece->reason);
}

bool Talk::receive(std::size_t limit) {
    full_ = received.size() >= limit;
    if (full_ || closed_) return false;
    const auto piece = connection_->read(limit - received.size(), end_);
    if (!piece.ok()) return has_failed(sys::HttpFailure::other, piece.error().message);
    if (piece->failure == sys::HttpFailure::timeout) return has_failed(piece->failure, "no answer");
    if (piece->failure != sys::HttpFailure::none) return has_failed(piece->failure, piece->reason);
    closed_ = piece->is_closed();
    if (closed_ && received.empty())
        has_failed(sys::HttpFailure::empty_reply, "the server closed the connection without an answer");
    received += piece->bytes;
    return !closed_;
}

Attempt Talk::finish(std::optional<Mismatch> wrong) {
    response_.total = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - start_);
    connection_.reset();
    return judged(std::move(response_), std::move(wrong), world_);
}

Attempt Talk::good() { return finish({}); }

Attempt Talk::failed(std::string_view rule) {
    const bool had_connection = connection_ != nullptr;
    auto reason = response_.reason;
    if (full_) reason = fmt::format("the server sends more than {} bytes: '{}'", received.size(), foreign(received));
    if (closed_ && !received.empty())
        reason = fmt::format("the server closed the connection after '{}'", foreign(received));
    if (response_.failure == sys::HttpFailure::timeout && had_connection) {
        const auto came = received.empty() ? reason : fmt::format("only '{}' came", foreign(received));
        const auto waited = std::chrono::round<Milliseconds>(end_ - start_);
        reason = fmt::format("{} within {}", came, format_duration(waited));
        if (world_.left < world_.plan.timeout) reason += "; the deadline was over";
        if (!received.empty()) response_.failure = sys::HttpFailure::none; // it is up, and says something else
    }
    return finish(Mismatch{std::string(had_connection ? rule : "smoke/connect"), std::move(reason)});
}

Attempt Talk::wrong(std::string_view rule, std::string message) {
    response_.failure = sys::HttpFailure::none;
    return finish(Mismatch{std::string(rule), std::move(message)});
}

Attempt Talk::starting(std::string_view rule, std::string message) {
    auto attempt = wrong(rule, std::move(message));
    attempt.outcome = Outcome::starting;
    return attempt;
}

Result<Matcher> parse_awaited(std::string_view text) {
    auto matcher = TRY(parse_expected(text));
    if (!matcher.negated) return matcher;
    return usage(fmt::format("'{}' can't be known before the server has sent everything; write what must come", text));
}

std::string foreign(std::string_view text) {
    register_assignments(text.substr(0, 4096));
    return shortened(hide_credentials(replace_all(text, "\r\n", "\n")), most_foreign);
}

}
