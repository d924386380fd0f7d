#include "preflight/rules/conf_stand_in.h"
#include "base/text.h"
#include "preflight/parts/conf_guess.h"
#include "preflight/uses/running_services.h"
#include <algorithm>
#include <vector>

namespace fairlead::preflight {

namespace {

bool is_dummy_word(std::string_view value) {
    if (looks_generated(value)) return false;
    const auto text = lower(value);
    constexpr std::string_view whole[] = {"example", "test", "none", "n/a", "todo", "secret", "xxx", "key", "token"};
    return std::find(std::begin(whole), std::end(whole), text) != std::end(whole) ||
           has_any(text, {"fake", "dummy", "placeholder", "changeme", "change-me", "change_me", "your-", "your_",
                          "not-set", "not_set", "example-", "example_", "-example", "_example", "xxxx"});
}

// Of a login that another host checks: DFE_SIGN_IN_SECRET beside OmniAuth's settings.
bool is_of_login_elsewhere(std::string_view source, std::string_view name) {
    return name.ends_with("SECRET") && has_any(name, {"SIGN_IN_", "SIGNIN_", "OAUTH", "OIDC", "OPENID", "SSO_"}) &&
           has_any(lower(source), {"omniauth", "openid", "oauth2", "client_options", "client_secret", "clientsecret"});
}

// ACME_API_KEY, and not API_KEY or ADMIN_API_KEY, which may be the program's own.
bool is_of_vendor_api(std::string_view name) {
    constexpr std::string_view ends[] = {"_API_KEY", "_API_TOKEN", "_API_SECRET", "_ACCESS_TOKEN", "_CLIENT_SECRET"};
    const auto end = std::find_if(std::begin(ends), std::end(ends), [&](auto one) { return name.ends_with(one); });
    if (end == std::end(ends)) return false;
    constexpr std::string_view own[] = {"APP",  "ADMIN", "SERVER", "SERVICE", "MASTER", "INTERNAL", "JWT",
                                        "AUTH", "USER",  "MY",     "BACKEND", "ROOT",   "DEFAULT",  "SESSION"};
    const auto words = split(name.substr(0, name.size() - end->size()), '_');
    return std::none_of(words.begin(), words.end(), [&](const std::string& word) {
        return std::find(std::begin(own), std::end(own), word) != std::end(own);
    });
}

bool is_of_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The name that the line gives it: RELOAD_TOKEN = os.environ.get("NGINX_RELOAD_TOKEN", "x")
std::string_view assigned_to(std::string_view line, std::string_view name) {
    const auto before = line.substr(0, std::min(line.find(name), line.size()));
    const auto equals = before.find_first_of("=:");
    if (equals == before.npos || before.substr(equals).starts_with("==")) return {};
    const auto words = trim(before.substr(0, equals));
    auto begin = words.size();
    while (begin > 0 && is_of_name(words[begin - 1])) --begin;
    return words.substr(begin);
}

// Whether what stands beside `==` is a variable or a call, and neither a literal nor a word for nothing.
bool is_foreign(std::string_view operand) {
    operand = trim(operand);
    if (operand.empty() || (!is_of_name(operand.front()) && operand.front() != '$' && operand.front() != '@'))
        return false;
    for (const std::string_view nothing : {"None", "null", "undefined", "nil", "true", "false", "process.env"})
        if (operand.starts_with(nothing)) return false;
    return !is_digit(operand.front());
}

bool compares(std::string_view line, std::string_view word) {
    if (has_any(line, {"compare_digest(", "timingSafeEqual(", "hash_equals(", "secure_compare("}))
        return line.find(word) != line.npos;
    for (auto at = line.find(word); at != line.npos; at = line.find(word, at + 1)) {
        const auto end = at + word.size();
        if ((at > 0 && is_of_name(line[at - 1])) || (end < line.size() && is_of_name(line[end]))) continue;
        const auto behind = trim(line.substr(end));
        for (const std::string_view sign : {"===", "!==", "==", "!="})
            if (behind.starts_with(sign)) return is_foreign(behind.substr(sign.size()));
        auto before = trim(line.substr(0, at));
        for (const std::string_view prefix : {"settings.", "config.", "self.", "this.", "Config::"})
            if (before.ends_with(prefix)) before = trim(before.substr(0, before.size() - prefix.size()));
        for (const std::string_view sign : {"==", "!="}) {
            if (before.ends_with("=") && before.size() > 2 && before.substr(0, before.size() - 1).ends_with(sign))
                before.remove_suffix(1);
            if (!before.ends_with(sign)) continue;
            const auto left = trim(before.substr(0, before.size() - sign.size()));
            const auto begins = left.find_last_of(" (!,");
            return !left.empty() && (is_foreign(left.substr(begins + 1)) || left.ends_with(')') || left.ends_with(']'));
        }
    }
    return false;
}

// What the service is given for it: ${NAME:?}, a literal. With `||` an empty one is as good as none.
bool sets_variable(const read::ComposeService& service, const std::string& name, bool empty_counts) {
    return std::any_of(service.environment.begin(), service.environment.end(), [&](const read::ComposeVariable& one) {
        if (one.name != name || !one.value || one.node == nullptr) return false;
        const auto written = one.node->as_written();
        const bool is_demanded = written.find(":?") != written.npos;
        return is_demanded || !one.value->empty() || (empty_counts && written.find('$') != written.npos);
    });
}

}

bool is_refused_elsewhere(std::string_view source, std::string_view name, std::string_view value) {
    return is_dummy_word(value) && (is_of_vendor_api(name) || is_of_login_elsewhere(source, name));
}

bool lets_in_requests(std::string_view source, std::string_view line, std::string_view name) {
    const auto own = assigned_to(line, name);
    for (const auto& one : split(source, '\n'))
        if (compares(one, name) || (own.size() > 2 && compares(one, own))) return true;
    return false;
}

bool is_set_by_each_deployment(const Project& project, const std::string& path, std::string_view line,
                               const std::string& name) {
    const auto services = services_built_with(project, path);
    const bool empty_counts = !has_any(line, {"||", " or ", "?:"});
    return is_run_by_compose_only(project, services) &&
           std::all_of(services.begin(), services.end(),
                       [&](const RunningService& one) { return sets_variable(*one.service, name, empty_counts); });
}

}
