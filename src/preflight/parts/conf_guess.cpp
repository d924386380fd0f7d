#include "preflight/parts/conf_guess.h"
#include "base/text.h"
#include "sys/signature.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <set>
#include <span>
#include <vector>

namespace fairlead::preflight {

namespace {

// changeRootPassword
bool begins_with_change(std::string_view text) {
    return text.size() > 6 && text.starts_with("change") && text[6] >= 'A' && text[6] <= 'Z';
}

bool is_one_of_words(std::string_view word, std::span<const std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

// The runs of letters and digits of a text in lower case.
std::vector<std::string> words_in(std::string_view text) {
    std::vector<std::string> words(1);
    for (const char c : text) {
        if (is_letter(c) || is_digit(c))
            words.back() += c;
        else if (!words.back().empty())
            words.emplace_back();
    }
    if (words.back().empty()) words.pop_back();
    return words;
}

// A long word of letters and digits: a generated part, as in `test_8Jd…`.
bool is_generated(const std::string& word) {
    constexpr std::size_t least = 16;
    const auto digits = std::count_if(word.begin(), word.end(), is_digit);
    return word.size() >= least && digits > 1 && static_cast<std::size_t>(digits) < word.size() && distinct(word) > 7;
}

std::string without_digits_behind(std::string word) {
    while (!word.empty() && is_digit(word.back())) word.pop_back();
    return word;
}

}

std::size_t distinct(std::string_view value) {
    std::array<bool, 256> seen{};
    for (const char c : value) seen.at(static_cast<unsigned char>(c)) = true;
    return static_cast<std::size_t>(std::count(seen.begin(), seen.end(), true));
}

double entropy(std::string_view value) {
    std::array<std::size_t, 256> counts{};
    for (const char c : value) ++counts.at(static_cast<unsigned char>(c));
    double bits = 0;
    for (const auto count : counts) {
        if (count == 0) continue;
        const auto share = static_cast<double>(count) / static_cast<double>(value.size());
        bits -= share * std::log2(share);
    }
    return bits;
}

namespace {

// sua-senha, tu_clave_aqui: "your" and "here" in Portuguese and Spanish. `text`: in lower case.
bool asks_in_other_words(std::string_view text) {
    constexpr std::string_view begins[] = {"sua-", "seu-", "sua_", "seu_", "tu-", "tu_", "su-", "su_"};
    return text.ends_with("-aqui") || text.ends_with("_aqui") ||
           std::any_of(std::begin(begins), std::end(begins), [&](auto word) { return text.starts_with(word); });
}

}

bool asks_to_be_replaced(std::string_view value) {
    constexpr std::string_view anywhere[] = {"changeme",   "change-me",   "change_me",    "changethis",   "replaceme",
                                             "replace-me", "replace_me",  "replace-with", "replace_with", "your-",
                                             "your_",      "placeholder", "fixme"};
    const auto text = lower(trim(value));
    return (text.size() > 2 && text.starts_with('<') && text.ends_with('>')) || asks_in_other_words(text) ||
           std::any_of(std::begin(anywhere), std::end(anywhere),
                       [&](std::string_view word) { return text.find(word) != text.npos; });
}

bool is_placeholder(std::string_view value) {
    // Nobody generates these by chance, wherever they stand.
    constexpr std::string_view anywhere[] = {
        "changeme",    "change-me",   "change_me", "change me", "changethis", "change-this",      "change_this",
        "change this", "placeholder", "replace-",  "replace_",  "replaceme",  "replace me",       "generate-",
        "generate_",   "generateme",  "generate ", "example",   "password",   "django-insecure-", "insert-",
        "insert_",     "insert ",     "your-",     "your_",     "your ",      "not-secure",       "do-not-use",
        "fixme"};
    // These tell something only where nothing generated stands beside them.
    constexpr std::string_view words[] = {
        "secret",    "admin",   "test",     "default",     "sample",    "dummy",     "todo",
        "insert",    "replace", "generate", "supersecret", "mysecret",  "testing",   "secretkey",
        "topsecret", "passwd",  "foobar",   "apikey",      "apisecret", "accesskey", "clientsecret"};
    const auto text = lower(trim(value));
    if (text.empty()) return false;
    if (distinct(text) == 1 || begins_with_change(trim(value))) return true;
    if ((text.starts_with('<') && text.ends_with('>')) || (text.starts_with("{{") && text.ends_with("}}"))) return true;
    const auto parts = words_in(text);
    if (std::any_of(std::begin(anywhere), std::end(anywhere), [&](auto word) { return text.find(word) != text.npos; }))
        return true;
    if (std::any_of(parts.begin(), parts.end(), is_generated)) return false;
    if (asks_in_other_words(text)) return true;
    if (text.starts_with("dev_") || text.starts_with("dev-")) return true;
    return std::any_of(parts.begin(), parts.end(), [&](const std::string& part) {
        return is_one_of_words(without_digits_behind(part), words) ||
               (part.size() > 2 && part.find_first_not_of('x') == part.npos);
    });
}

namespace {

// What most lists of leaked passwords have in common: these, and these with digits and signs around them.
constexpr std::string_view common_words[] = {
    "password",  "passwort",   "passw",      "pass",      "secret",    "admin",     "administrator", "root",
    "toor",      "user",       "guest",      "login",     "welcome",   "letmein",   "master",        "monkey",
    "dragon",    "shadow",     "sunshine",   "princess",  "football",  "baseball",  "basketball",    "soccer",
    "hockey",    "superman",   "batman",     "starwars",  "pokemon",   "whatever",  "trustno",       "iloveyou",
    "loveyou",   "lovely",     "love",       "hello",     "freedom",   "michael",   "jordan",        "jennifer",
    "jessica",   "ashley",     "amanda",     "andrew",    "charlie",   "daniel",    "george",        "joshua",
    "matthew",   "michelle",   "nicole",     "robert",    "thomas",    "william",   "anthony",       "patrick",
    "richard",   "samantha",   "taylor",     "justin",    "hannah",    "hunter",    "killer",        "tigger",
    "pepper",    "ginger",     "cookie",     "cheese",    "summer",    "winter",    "spring",        "autumn",
    "flower",    "buster",     "maggie",     "computer",  "internet",  "server",    "database",      "postgres",
    "mysql",     "oracle",     "mongo",      "redis",     "docker",    "test",      "testing",       "demo",
    "default",   "changeme",   "temp",       "public",    "private",   "access",    "secure",        "security",
    "system",    "manager",    "service",    "support",   "student",   "company",   "google",        "microsoft",
    "apple",     "samsung",    "corvette",   "mustang",   "ferrari",   "porsche",   "mercedes",      "yankees",
    "rangers",   "chelsea",    "arsenal",    "liverpool", "barcelona", "matrix",    "phoenix",       "silver",
    "golden",    "purple",     "orange",     "banana",    "chicken",   "london",    "dallas",        "america",
    "batista",   "diamond",    "angel",      "angels",    "blessed",   "jesus",     "christ",        "heaven",
    "forever",   "family",     "friends",    "babygirl",  "butterfly", "chocolate", "rainbow",       "unicorn",
    "qwerty",    "asdf",       "azerty",     "qazwsx",    "zxcvbn",    "abc",       "abcd",          "foobar",
    "foo",       "bar",        "ninja",      "zaq",       "solo",      "starwar",   "gandalf",       "merlin",
    "thunder",   "falcon",     "eagle",      "eagles",    "cowboys",   "steelers",  "lakers",        "harley",
    "snoopy",    "scooter",    "spider",     "spiderman", "blink",     "metallica", "nirvana",       "slipknot",
    "nothing",   "passport",   "passphrase", "p4ss",      "sample",    "example",   "super",         "supersecret",
    "topsecret", "mypassword", "mysecret",   "secretkey", "jwtsecret", "jwt"};

std::string without_leet(std::string text) {
    for (char& c : text) switch (c) {
        case '@':
        case '4': c = 'a'; break;
        case '0': c = 'o'; break;
        case '3': c = 'e'; break;
        case '$':
        case '5': c = 's'; break;
        case '!':
        case '1': c = 'i'; break;
        case '7': c = 't'; break;
        default: break;
        }
    return text;
}

// How many of its characters belong to steps of four or more along a row of keys or the alphabet, in either direction.
std::size_t in_runs(const std::string& text) {
    constexpr std::string_view rows[] = {"qwertyuiop",
                                         "qwertzuiop",
                                         "azertyuiop",
                                         "asdfghjkl",
                                         "zxcvbnm",
                                         "01234567890",
                                         "abcdefghijklmnopqrstuvwxyz",
                                         "1qaz2wsx3edc4rfv5tgb6yhn",
                                         "1q2w3e4r5t6y7u8i9o0p",
                                         "qazwsxedcrfvtgb",
                                         "!@#$%^&*()"};
    constexpr std::size_t least = 4;
    std::size_t covered = 0;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t longest = 0;
        for (const std::string_view row : rows) {
            const std::string back(row.rbegin(), row.rend());
            for (const std::string_view way : {row, std::string_view(back)}) {
                const auto start = way.find(text[at]);
                std::size_t length = 0;
                while (start != way.npos && start + length < way.size() && at + length < text.size() &&
                       way[start + length] == text[at + length])
                    ++length;
                longest = std::max(longest, length);
            }
        }
        if (longest >= least) covered += longest;
        at += longest >= least ? longest : 1;
    }
    return covered;
}

}

bool looks_generated(std::string_view value) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=_-";
    if (value.size() < 20 || value.find_first_not_of(letters) != value.npos) return false;
    std::set<char> distinct(value.begin(), value.end());
    std::size_t digits = 0, longest = 0, run = 0;
    for (const char c : value) {
        const bool is_digit = c >= '0' && c <= '9';
        digits += is_digit;
        const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        run = is_letter ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return distinct.size() >= 10 && digits >= 3 && longest < 12 && !is_placeholder(value) && weakness(value).empty();
}

bool is_word_and_digits(std::string_view value) {
    const std::string text = lower(value);
    constexpr std::size_t most_around = 8;
    const auto core = [](const std::string& whole) {
        const auto begin = std::find_if(whole.begin(), whole.end(), is_letter);
        const auto end = std::find_if(whole.rbegin(), whole.rend(), is_letter).base();
        return begin < end ? std::string(begin, end) : std::string();
    };
    for (const auto& form : {core(text), without_leet(core(text)), core(without_leet(text))})
        if (!form.empty() && text.size() - std::min(text.size(), form.size()) <= most_around &&
            is_one_of_words(form, common_words))
            return true;
    return false;
}

bool is_compared(std::string_view source, std::string_view value) {
    constexpr std::size_t longest = 300; // of a list
    for (auto at = source.find(value); at != source.npos; at = source.find(value, at + 1)) {
        const auto quote = at == 0 ? ' ' : source[at - 1];
        if (quote != '"' && quote != '\'' && quote != '`') continue;
        const auto begin = source.rfind('\n', at) + 1; // npos + 1 is 0
        const auto before = trim(source.substr(begin, at - 1 - begin));
        for (const std::string_view sign : {"==", "!=", " is", "equals("})
            if (before.ends_with(sign)) return true;
        const auto from = at - std::min(at, longest);
        const auto list = source.substr(from, at - from);
        const auto open = std::max({list.rfind(" in [") + 1, list.rfind(" in (") + 1, list.rfind(" in {") + 1});
        if (open > 0 && list.find_first_of("])}", open) == list.npos) return true;
        const auto behind = source.substr(at, longest);
        const auto close = behind.find(']');
        if (close != behind.npos && behind.substr(close).starts_with("].includes(")) return true;
    }
    return false;
}

namespace {

// 0, 1, 2, 3 …, or 0123456789abcdef0123456789abcdef: of a test.
bool is_counted(const std::string& bytes) {
    std::size_t steps = 0;
    for (std::size_t i = 1; i < bytes.size(); ++i) {
        const auto step = static_cast<unsigned char>(bytes[i]) - static_cast<unsigned char>(bytes[i - 1]);
        steps += step == 0 || step == 1 ? 1 : 0;
    }
    return bytes.size() >= 8 && (steps * 4 >= bytes.size() * 3 || in_runs(lower(bytes)) * 4 >= bytes.size() * 3);
}

}

std::string weakness(std::string_view value) {
    constexpr std::size_t least_distinct = 5, least_measured = 16;
    constexpr double least_bits = 3.0, least_hex_bits = 2.6; // sixteen random digits of base 16 may have less than 3
    if (value.empty() || value.size() > 4096) return {};
    const auto characters = distinct(value);
    if (characters < least_distinct)
        return fmt::format("has {} distinct character{}", characters, characters == 1 ? "" : "s");
    const auto text = lower(value);
    if (is_word_and_digits(value)) return "is a word and digits";
    if (in_runs(text) * 4 >= text.size() * 3) return "is a simple sequence of keys";
    if (const auto bytes = sys::from_base64(value); bytes && is_counted(*bytes))
        return "is base64 of a simple sequence";
    const bool hex = text.find_first_not_of("0123456789abcdef") == text.npos;
    const auto bits = entropy(value);
    if (value.size() >= least_measured && bits < (hex ? least_hex_bits : least_bits))
        return fmt::format("has {:.1f} bits per character", bits);
    return {};
}

}
