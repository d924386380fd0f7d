#include "smoke/settings/probes.h"
#include "base/text.h"
#include "base/url.h"
#include "smoke/retry.h"
#include "smoke/runner.h"

namespace fairlead::smoke {

std::span<const Probe* const> probes() {
    static const Probe* const rows[] = {
        &tcp_probe(),      &tls_probe(),     &dns_probe(),   &websocket_probe(),        &grpc_probe(),
        &postgres_probe(), &redis_probe(),   &smtp_probe(),  &security_headers_probe(), &redirect_probe(),
        &cors_probe(),     &cookies_probe(), &cache_probe(), &assets_probe(),           &addresses_probe()};
    return rows;
}

const Probe* find_probe(std::string_view key) {
    for (const auto* probe : probes())
        if (probe->key == key) return probe;
    return nullptr;
}

config::Value place_of_key(const config::Value& probe, std::string_view key) {
    return probe.is_map() && probe[key].present() ? probe[key] : probe;
}

void ask_by(Question question, Check& check) {
    check.url = std::move(question.url);
    check.probe = std::move(question.ask);
    check.is_http = question.is_http;
    if (question.expect) check.expect = std::move(*question.expect);
}

std::string address_at(const std::string& base, const std::string& path) {
    if (is_absolute_url(path)) return path;
    const bool slash = base.ends_with('/');
    return (slash ? base.substr(0, base.size() - 1) : base) + (path.starts_with('/') ? "" : "/") + path;
}

std::function<bool()> over_from_now(const World& world) {
    return [&world, start = world.clock.steady()] {
        return world.clock.steady() - start > world.left || world.cancel.is_asked();
    };
}

Attempt judged(sys::HttpResponse response, std::optional<Mismatch> wrong, const World& world) {
    Attempt attempt{.response = std::move(response), .wrong = std::move(wrong)};
    attempt.outcome = classify(attempt.response, attempt.wrong, world.plan.retry);
    return attempt;
}

}
