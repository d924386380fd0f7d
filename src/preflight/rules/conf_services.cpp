#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/conf_values.h"
#include "preflight/rules/env_lines.h"
#include "preflight/rules/groups.h"
#include <algorithm>
#include <fmt/format.h>

// Services of others that the program uses: error tracking, mail, payment.
namespace fairlead::preflight {

namespace {

void tracking_unset(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all)
        if (one.name.ends_with("SENTRY_DSN") && (one.value.empty() || is_placeholder(one.value)))
            hit_at(hits, one,
                   fmt::format("{} is {}; nobody would see the errors; write the project's DSN", one.name,
                               one.value.empty() ? "empty" : "the template's text"));
}

void tracking_pii(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all)
        if (one.name == "SENTRY_SEND_DEFAULT_PII" && is_true_word(one.value))
            hit_at(hits, one,
                   "SENTRY_SEND_DEFAULT_PII is on; names and addresses of users go to a third party; set false");
}

void sample_rate(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all) {
        if (!one.name.ends_with("TRACES_SAMPLE_RATE") || one.value.empty() || is_reference(one.value)) continue;
        const auto rate = parse_number(one.value);
        if (!rate || rate.value() < 0 || rate.value() > 1)
            hit_at(hits, one,
                   fmt::format("{} is not from 0 to 1; the client refuses or ignores it; write 0.1", one.name))
                .level = Level::error;
        else if (rate.value() == 1 && file.profile == Profile::production)
            hit_at(hits, one,
                   fmt::format("{} is 1; each request is traced and paid for; write 0.1, the usual value", one.name));
    }
}

void email(const EnvValues& file, const Project&, Hits& hits) {
    for (const std::string prefix : {"EMAIL_", "SMTP_", "MAIL_"}) {
        const auto* port = file.find(prefix + "PORT");
        const auto* tls = file.find(prefix + "USE_TLS");
        const auto* ssl = file.find(prefix + "USE_SSL");
        const bool with_tls = tls != nullptr && is_true_word(tls->value);
        const bool with_ssl = ssl != nullptr && is_true_word(ssl->value);
        if (with_tls && with_ssl)
            hit_at(hits, *ssl,
                   fmt::format("{0}USE_TLS and {0}USE_SSL are both on; they exclude each other; keep TLS with 587 or "
                               "SSL with 465",
                               prefix));
        if (port == nullptr) continue;
        const bool open = port->value == "25" || (port->value == "587" && tls != nullptr && !with_tls) ||
                          (port->value == "465" && ssl != nullptr && !with_ssl);
        if (open)
            hit_at(hits, *port,
                   fmt::format("{} is {} without TLS; the password would be sent unencrypted; use 587 with TLS",
                               port->name, port->value));
    }
}

void test_key(const EnvValues& file, const Project&, Hits& hits) {
    constexpr std::string_view starts[] = {"sk_test_", "pk_test_", "rk_test_", "rzp_test_", "test_sk_", "TEST-"};
    for (const auto& one : file.all)
        if (std::any_of(std::begin(starts), std::end(starts),
                        [&](auto start) { return one.value.starts_with(start); }) &&
            is_one_of(one.name.substr(one.name.rfind('_') + 1), {"KEY", "ID", "TOKEN", "SECRET"}))
            hit_at(hits, one,
                   fmt::format("{} is of the service's test mode; payments and mails go nowhere; set the live one",
                               short_name(one.name)));
}

void mail_nowhere_in_env(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all) {
        const bool of_laravel = one.name == "MAIL_MAILER" && is_one_of(lower(one.value), {"log", "array"});
        const bool of_django =
            one.name.ends_with("EMAIL_BACKEND") && has_any(one.value, {"console", "dummy", "locmem"});
        if (of_laravel || of_django)
            hit_at(hits, one,
                   fmt::format("{} sends no mail; nobody gets a link to reset a password; set {}", short_name(one.name),
                               of_laravel ? "smtp" : "the SMTP backend"))
                .level = is_default(file, one) ? std::optional(Level::info) : std::nullopt;
    }
}

// ['a', 'b']: pydantic reads a list as JSON, which has other quotes.

}

std::span<const Rule> conf_service_rules() {
    static const Rule rules[] = {
        {"conf-error-tracking-unset",
         "Error tracking has no address",
         deployed(Level::warning),
         tracking_unset,
         "Only users see the errors.",
         "SENTRY_DSN=https://key@host/project",
         {},
         {"S1-11", "S1-51"}},
        {"conf-error-tracking-pii",
         "Error tracking sends personal data",
         deployed(Level::error),
         tracking_pii,
         "Names, addresses and cookies of users go to a third party.",
         "SENTRY_SEND_DEFAULT_PII=false",
         {},
         {"S1-56", "S1-58"}},
        {"conf-sample-rate",
         "A sample rate is not sensible",
         always(Level::warning),
         sample_rate,
         "A rate is a share from 0 to 1. With 1, each request is traced, and you pay for it.",
         "SENTRY_TRACES_SAMPLE_RATE=0.1",
         {},
         {"S1-59"}},
        {"conf-email",
         "Mail goes out without encryption",
         deployed(Level::warning),
         email,
         "The mail account's password is sent unencrypted.",
         "EMAIL_PORT=587 with EMAIL_USE_TLS=true",
         {},
         {"S1-179", "S2-75"}},
        {"conf-test-key", "A service is used in its test mode", deployed(Level::warning), test_key,
         "Payments that look right are never charged.", "the key for live mode, as the service calls it"},
        {"conf-mail-nowhere", "Mail is not sent", deployed(Level::warning), mail_nowhere_in_env,
         "With such a setting, the program writes mail to a log or throws the mail away. Such settings are only for "
         "development.",
         "MAIL_MAILER=smtp"},
    };
    return rules;
}

}
