#include "preflight/parts/conf_values.h"
#include "base/path.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "base/url.h"
#include "preflight/parts/code_lines.h"
#include "read/compose/compose.h"
#include "sys/digest.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight {

bool is_true_word(std::string_view value) { return is_one_of(lower(value), {"1", "true", "t", "yes", "y", "on"}); }
bool is_false_word(std::string_view value) { return is_one_of(lower(value), {"0", "false", "f", "no", "n", "off"}); }

bool is_nothing(std::string_view value) { return is_one_of(lower(value), {"null", "none", "nil", "undefined"}); }

bool is_public_by_prefix(std::string_view name) {
    constexpr std::string_view prefixes[] = {"NEXT_PUBLIC_",     "VITE_",   "REACT_APP_", "NUXT_PUBLIC_",
                                             "EXPO_PUBLIC_",     "GATSBY_", "PUBLIC_",    "VUE_APP_",
                                             "SNOWPACK_PUBLIC_", "NG_APP_"};
    return std::any_of(std::begin(prefixes), std::end(prefixes),
                       [&](std::string_view prefix) { return name.starts_with(prefix); });
}

bool is_name_of_cookie(std::string_view name, std::string_view value) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.";
    constexpr std::string_view last[] = {"session", "sessionid", "sid", "sess", "token", "cookie", "id", "auth", "jwt"};
    const bool is_named = name.ends_with("COOKIE_KEY") || name.ends_with("COOKIE_NAME");
    if (!is_named || value.empty() || value.find_first_not_of(letters) != value.npos) return false;
    const auto text = lower(value);
    const auto word = text.substr(text.find_last_of("-_.") + 1); // npos + 1 is 0
    return std::find(std::begin(last), std::end(last), word) != std::end(last) &&
           !has_any(text, {"secret", "key", "change", "pass", "your"});
}

bool is_secret_name(std::string_view name) {
    constexpr std::string_view last[] = {"SECRET",      "SECRET_KEY",  "PASSWORD",   "PASSWD",         "PASS",
                                         "PWD",         "TOKEN",       "API_KEY",    "APIKEY",         "SALT",
                                         "CREDENTIALS", "PRIVATE_KEY", "ACCESS_KEY", "JWT_KEY",        "ENCRYPTION_KEY",
                                         "SIGNING_KEY", "TOKEN_KEY",   "PASSPHRASE", "SECRET_KEY_BASE"};
    const auto word = upper(name);
    if (is_one_of(word, {"PWD", "OLDPWD"}) || is_public_by_prefix(word)) return false; // a shell's folder
    if (word.ends_with("ALLOW_CREDENTIALS")) return false;                             // CORS's switch
    if (word.find("ALLOW_EMPTY_") != word.npos || word.find("RANDOM_ROOT_PASSWORD") != word.npos)
        return false; // switches of the databases' images
    for (const std::string_view does : {"RESET_PASSWORD", "FORGOT_PASSWORD", "CHANGE_PASSWORD"})
        if (word.ends_with(does)) return false; // whether there is a page for it
    return std::any_of(std::begin(last), std::end(last), [&](std::string_view one) {
        return word.ends_with(one) && (word.size() == one.size() || word[word.size() - one.size() - 1] == '_');
    });
}

bool is_public_half(std::string_view name, const std::function<bool(const std::string& other)>& is_set) {
    constexpr std::string_view end = "ACCESS_KEY";
    if (!name.ends_with(end) || name.ends_with("SECRET_ACCESS_KEY")) return false;
    const std::string prefix(name.substr(0, name.size() - end.size()));
    for (const std::string_view own :
         {"JWT", "TOKEN", "AUTH", "SIGN"}) // JWT_ACCESS_KEY signs what JWT_SECRET_KEY doesn't
        if (prefix.find(own) != prefix.npos) return false;
    for (const std::string_view other : {"SECRET_KEY", "SECRET_ACCESS_KEY", "ACCESS_SECRET", "ACCESS_KEY_SECRET"})
        for (const std::string_view file : {"", "_FILE"})
            if (is_set(prefix + std::string(other) + std::string(file))) return true;
    return false;
}

bool is_drawn_at_start(std::string_view name, const std::function<bool(const std::string& other)>& is_set) {
    return is_one_of(name, {"MYSQL_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD"}) &&
           (is_set("MYSQL_RANDOM_ROOT_PASSWORD") || is_set("MARIADB_RANDOM_ROOT_PASSWORD"));
}

bool is_own_secret(std::string_view name) {
    return name.starts_with("SECRET") ||
           has_any(name, {"PASS", "PWD", "JWT", "SESSION", "COOKIE", "CSRF", "AUTH", "APP_", "DJANGO", "FLASK",
                          "ENCRYPT", "SIGN", "SALT", "ADMIN", "HASH", "TOKEN_SECRET"});
}

namespace {

// APP_USR-xxxxxxxxxxxx, WHK-xxxx-xxxx: behind its first word nothing but x. `text`: in lower case.
bool looks_masked(std::string_view text) {
    const auto begin = text.find("-xxxx");
    return begin != text.npos && text.substr(begin).find_first_not_of("x-_") == text.npos;
}

}

namespace {

// OPENAI_API_KEY, AWS_SECRET_ACCESS_KEY: an account of theirs opens by a key that they made, and by no word.
bool is_made_by_vendor(std::string_view name) {
    constexpr std::string_view vendors[] = {
        "AIRTABLE",   "ALCHEMY",   "ALGOLIA",    "ANTHROPIC", "AZURE",    "BINANCE",  "BREVO",      "CLOUDFLARE",
        "CLOUDINARY", "COHERE",    "DASHSCOPE",  "DATADOG",   "DEEPSEEK", "DISCORD",  "ELEVENLABS", "ETHERSCAN",
        "FACEBOOK",   "FIREBASE",  "GEMINI",     "GITHUB",    "GITLAB",   "GOOGLE",   "GROQ",       "HUGGINGFACE",
        "INFURA",     "KAKAO",     "LANGCHAIN",  "LANGSMITH", "LINKEDIN", "MAILGUN",  "MAPBOX",     "MISTRAL",
        "NOTION",     "OPENAI",    "OPENROUTER", "PAYPAL",    "PINATA",   "PINECONE", "POSTMARK",   "RAZORPAY",
        "REDDIT",     "REPLICATE", "RESEND",     "SENDGRID",  "SENTRY",   "SERPER",   "SLACK",      "SPOTIFY",
        "STRIPE",     "SUPABASE",  "TAVILY",     "TELEGRAM",  "TMDB",     "TWILIO",   "TWITTER",    "WECHAT",
        "YOUTUBE"};
    if (is_own_secret(replace_all(std::string(name), "OAUTH", "")) || name.find("WEBHOOK") != name.npos)
        return false; // which the program checks itself
    const auto parts = split(name, '_');
    return std::any_of(parts.begin(), parts.end(), [&](const std::string& part) {
        return std::find(std::begin(vendors), std::end(vendors), part) != std::end(vendors);
    });
}

}

bool is_dummy_of_service(std::string_view name, std::string_view value) {
    const auto text = lower(value);
    if (is_made_by_vendor(name) && is_placeholder(value)) return true;
    const bool is_form = !text.empty() && text.find_first_not_of('x') == std::string::npos; // XXXXX
    if (!is_own_secret(name) && looks_masked(text)) return true;
    // Amazon's has 40 letters: such a word is one that an emulator takes.
    if (name.ends_with("AWS_SECRET_ACCESS_KEY") && is_one_of(text, {"test", "dummy", "fake", "local", "none", "x"}))
        return true;
    // vLLM's word for "no key" is EMPTY.
    return name.ends_with("API_KEY") &&
           (is_form || text == "empty" || text == "test" || text.find("dummy") != std::string::npos ||
            (text.starts_with("your") && name != "API_KEY" && !is_own_secret(name)));
}

bool is_to_be_written(std::string_view value) {
    constexpr std::size_t fewest = 3; // ****: what was hidden before it was shown
    if (value.size() >= fewest && value.find_first_not_of('*') == value.npos) return true;
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    for (const auto& [begin, end] : {std::pair("__", "__"), std::pair("#{", "}#"), std::pair("@@", "@@")})
        for (auto at = value.find(begin); at != value.npos; at = value.find(begin, at + 1)) {
            const auto close = value.find(end, at + 2);
            const auto word = close == value.npos ? std::string_view() : value.substr(at + 2, close - at - 2);
            const bool asks = word.find("CHANGE") != word.npos || word.find("REPLACE") != word.npos ||
                              word.find("TODO") != word.npos || word.starts_with("YOUR_");
            if (!word.empty() && !asks && word.find_first_not_of(letters) == word.npos) return true;
        }
    return false;
}

// privkey.pem, certs/tls.key
bool is_key_file(std::string_view value) {
    constexpr std::string_view ends[] = {".pem", ".key", ".crt", ".p12", ".pfx", ".jks", ".asc"};
    return value.find_first_of(" \t\n") == value.npos &&
           std::any_of(std::begin(ends), std::end(ends), [&](auto end) { return value.ends_with(end); });
}

bool is_reference(std::string_view value) {
    constexpr std::string_view stores[] = {
        "$(",    "/run/secrets/", "vault:",   "op://",      "arn:",   "ENC[",      "encrypted:", "ref+",
        "ssm:/", "awssm://",      "gcpsm://", "secretref:", "file:/", "keyvault:", "os.environ/"};
    return value.find("${") != value.npos || is_to_be_written(value) || is_key_file(value) ||
           std::any_of(std::begin(stores), std::end(stores), [&](auto start) { return value.starts_with(start); });
}

bool holds_login(std::string_view value) {
    constexpr std::string_view hex = "0123456789abcdef", digits = "0123456789";
    constexpr std::size_t size_of_key = 32;
    if (!holds_credentials(value)) return false;
    const auto url = parse_url(value);
    if (!url.ok() || !url->password.empty() || url->user.size() != size_of_key) return true;
    const bool is_dsn = url->user.find_first_not_of(hex) == std::string::npos && url->path.size() > 1 &&
                        url->path.find_first_not_of(digits, 1) == std::string::npos;
    return !is_dsn;
}

bool gives_secret_away(std::string_view name, std::string_view value) {
    const bool is_open = is_public_by_prefix(name) || is_name_of_cookie(name, value);
    return !is_placeholder(value) && !is_reference(value) &&
           ((!is_open && is_secret(name, value)) || holds_login(value));
}

std::string secret_of(const EnvValue& value) {
    if (value.borrowed || is_reference(value.value)) return {};
    if (is_absolute_url(value.value)) {
        const auto url = parse_url(value.value);
        return url.ok() ? percent_decode(url.value().password) : std::string();
    }
    const bool is_switch = is_one_of(lower(value.value), {"true", "false", "yes", "no", "on", "off", "none", "null"});
    return is_secret_name(value.name) && !is_switch ? value.value : std::string();
}

bool is_this_host(std::string_view host) {
    return host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || host == "[::1]" ||
           host == "0.0.0.0" || host.ends_with(".local");
}

std::string host_of(std::string_view origin) {
    if (const auto url = parse_url(origin)) return url.value().host;
    return lower(origin.substr(0, origin.find(':')));
}

bool is_private_host(std::string_view host) {
    if (host.find('.') == host.npos && !host.starts_with('[')) return true;
    for (const std::string_view end : {".local", ".localhost", ".internal", ".lan", ".svc", ".test", ".home.arpa"})
        if (host.ends_with(end)) return true;
    if (host == "[::1]" || host.starts_with("[f")) return true;
    for (const std::string_view begin : {"127.", "10.", "192.168.", "169.254.", "0.0.0.0"})
        if (host.starts_with(begin)) return true;
    const auto second = host.starts_with("172.") ? parse_integer(split(host, '.')[1]) : Result<std::int64_t>(no(""));
    return second.ok() && second.value() >= 16 && second.value() <= 31;
}

std::vector<std::string> list_items(std::string_view value) {
    auto text = std::string_view(trim(value));
    for (const std::string_view pair : {"[]", "()", "{}"}) // an IPv6 address alone has its brackets, too
        if (text.size() > 1 && text.front() == pair[0] && text.back() == pair[1] && !text.starts_with("[:"))
            text = text.substr(1, text.size() - 2);
    std::vector<std::string> items;
    std::string word;
    for (const char c : text) {
        if (std::string_view(", \t\r\n;'\"").find(c) == std::string_view::npos) {
            word += c;
        } else if (!word.empty()) {
            items.push_back(std::exchange(word, {}));
        }
    }
    if (!word.empty()) items.push_back(word);
    return items;
}

bool is_signing_key(std::string_view name) {
    return is_one_of(name, {"SECRET_KEY", "APP_SECRET", "SESSION_SECRET", "NEXTAUTH_SECRET", "APP_SECRET_KEY",
                            "DJANGO_SECRET_KEY", "FLASK_SECRET_KEY"});
}

bool is_set_here(const EnvValue& one) {
    return !one.value.empty() && !one.borrowed && !is_reference(one.value) &&
           (is_secret_name(one.name) || is_signing_key(one.name));
}

bool is_default(const EnvValues& file, const EnvValue& value) {
    return file.from == EnvValues::From::service && value.raw.empty();
}

void doubt_default(Hit& hit, const EnvValues& file, const EnvValue& value) {
    if (is_default(file, value)) hit.level = Level::warning;
}

bool is_idle(const EnvValues& file, const EnvValue& value, const Project& project) {
    if (file.from != EnvValues::From::env_file) return false;
    const auto gives = [&](const read::ComposeService& service) { // a foreign image may read whatever it is given
        return !service.build && std::any_of(service.env_files.begin(), service.env_files.end(),
                                             [&](const auto& one) { return one.path == file.file; });
    };
    for (const Compose& compose : project.composes)
        if (std::any_of(compose.read->services.begin(), compose.read->services.end(), gives)) return false;
    return unread_variables(project).contains(value.name);
}

void set_cause_of_secret(Hit& hit, std::string_view secret) {
    const auto url = is_absolute_url(secret) ? parse_url(secret) : Result<Url>(no(""));
    const auto password = url.ok() ? percent_decode(url.value().password) : std::string();
    hit.cause = fmt::format("secret\n{}\n{}", hit.file, sys::sha256(password.empty() ? secret : password));
}

std::string cause_in_code(std::string_view name) { return fmt::format("secret in the source\n{}", name); }

Hit& hit_at(Hits& hits, const EnvValue& value, std::string message) {
    return hits.add(value.file, value.line, value.column, hide_credentials(message));
}

void replace(Hit& hit, const EnvValue& value, std::string text) {
    if (value.begin < value.end) hit.edits.push_back({value.file, value.begin, value.end, std::move(text), {}});
}

}
