#include "base/secrets/credentials.h"
#include "base/text.h"
#include "init/kit.h"
#include "sys/digest.h"
#include <algorithm>

namespace fairlead::init {

namespace {

constexpr std::size_t length = 64; // characters

// Letters and digits: the same in every reader of env files, in a URL and in a shell. Six bits a character, of which
// the two that no character stands for are drawn again.
std::string drawn_value() {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    std::string value;
    while (value.size() < length) {
        const auto drawn = sys::random_hex(static_cast<int>(length));
        for (std::size_t at = 0; at + 1 < drawn.size() && value.size() < length; at += 2) {
            const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
            const auto index = (digit(drawn[at]) * 16 + digit(drawn[at + 1])) & 63;
            if (index < letters.size()) value += letters[index];
        }
    }
    return value;
}

// One in five hundred would hold what templates have in the place of a value, and be refused as that.
std::string strong_value() {
    for (;;) {
        auto value = drawn_value();
        const auto small = lower(value);
        if (small.find("xxx") == small.npos && small.find("todo") == small.npos) return value;
    }
}

// What a name stands for that others give out: an address with a password in it, an account elsewhere.
bool is_given(std::string_view name) {
    for (const std::string_view part : {"URL", "URI", "DSN", "TOKEN"})
        if (name.ends_with(part)) return true;
    for (const std::string_view part :
         {"SMTP", "MAIL", "AWS", "S3_", "STRIPE", "GOOGLE", "GITHUB", "OPENAI", "ANTHROPIC", "TWILIO", "OAUTH",
          "RECAPTCHA", "CAPTCHA", "SENTRY", "SLACK", "API_KEY", "APIKEY", "CLIENT_", "PAYPAL", "AZURE", "FIREBASE",
          "LDAP", "SENDGRID", "TURNSTILE",
          // of a form that letters and digits don't have
          "PRIVATE_KEY", "FERNET", "CERT"})
        if (name.find(part) != name.npos) return true;
    return false;
}

// An address with a password in it, which is empty: nothing works without it.
bool is_address(std::string_view name) {
    constexpr std::string_view of[] = {"DATABASE", "DB_",  "POSTGRES", "PG",   "REDIS",
                                       "BROKER",   "AMQP", "CELERY",   "MONGO"};
    return (name.ends_with("URL") || name.ends_with("URI")) &&
           std::any_of(std::begin(of), std::end(of), [&](std::string_view one) { return name.starts_with(one); });
}

// What templates have in the place of a value. Ours are longer, and never look so.
bool is_placeholder(std::string_view value) {
    const auto small = lower(value);
    for (const std::string_view part :
         {"change", "example", "your_", "your-", "placeholder", "generate", "secret_key_here", "xxx", "todo"})
        if (value.size() < length && small.find(part) != small.npos) return true;
    return false;
}

struct Line {
    std::string name; // empty: a comment, or nothing
    std::string value;
};
Line read_line(std::string_view line) {
    const auto equal = line.find('=');
    const auto name = trim(line.substr(0, equal));
    if (equal == line.npos || name.starts_with('#')) return {};
    auto value = trim(line.substr(equal + 1));
    if (const auto comment = value.find(" #"); comment != value.npos) value = trim(value.substr(0, comment));
    if (value.starts_with('#') || value == "\"\"" || value == "''") value = "";
    return {std::string(name), std::string(value)};
}

// A template's line with a value; of a file that is there (`is_present`), what is set stays.
std::string filled(const std::string& line, bool is_present, Secrets& secrets) {
    const auto [name, value] = read_line(line);
    if (name.empty() || (!sounds_secret(name) && !is_address(name))) return line;
    if (!value.empty() && !is_placeholder(value)) return line;
    const bool stays = !value.empty() && is_present;
    if (stays || is_given(name)) {
        (stays ? secrets.placeholders : secrets.left).push_back(name);
        return line;
    }
    secrets.made.emplace_back(name, strong_value());
    return name + "=" + secrets.made.back().second;
}

}

Secrets make_secrets(std::string_view text, std::string_view present) {
    Secrets secrets;
    std::vector<std::string> known, above; // names of the file that is there; comments of the template's next name
    const auto lines = [](std::string_view of) {
        if (of.starts_with("\xEF\xBB\xBF")) of.remove_prefix(3); // else a part of the first name
        auto all = split(of, '\n');
        while (!all.empty() && all.back().empty()) all.pop_back();
        return all;
    };
    for (const auto& line : lines(present)) {
        known.push_back(read_line(line).name);
        secrets.text += filled(line, true, secrets) + "\n";
    }
    for (const auto& line : lines(text)) {
        const auto name = read_line(line).name;
        if (present.empty()) {
            const bool again = !name.empty() && std::find(known.begin(), known.end(), name) != known.end();
            if (!again) secrets.text += filled(line, false, secrets) + "\n";
            known.push_back(name);
        } else if (name.empty()) {
            if (line.empty()) above.clear();
            if (!line.empty()) above.push_back(line);
        } else if (std::find(known.begin(), known.end(), name) == known.end()) {
            secrets.text +=
                "\n" + join(above, "\n") + (above.empty() ? "" : "\n") + filled(line, false, secrets) + "\n";
            above.clear();
        } else {
            above.clear();
        }
    }
    return secrets;
}

}
