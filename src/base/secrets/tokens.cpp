#include "base/secrets/tokens.h"
#include "base/secrets/credentials.h"
#include <algorithm>

namespace fairlead {

namespace {

constexpr std::string_view token_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view token_hex = "0123456789abcdefABCDEF";
constexpr std::string_view token_base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view token_base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

// As src/scan/rules has them. What is short or common begins words of prose, so the rest has to be as it says.
struct Shape {
    std::string_view prefix, rest;
    std::size_t least, most;
};
constexpr Shape shapes[] = {
    {"hf_", token_letters, 34, 34}, {"hvs.", of_tokens, 90, 120},   {"whsec_", token_base64, 32, 66},
    {"shpat_", token_hex, 32, 32},  {"shpca_", token_hex, 32, 32},  {"shppa_", token_hex, 32, 32},
    {"shpss_", token_hex, 32, 32},  {"ASIA", token_base32, 16, 16}, {"ABIA", token_base32, 16, 16},
    {"ACCA", token_base32, 16, 16}, {"SK", token_hex, 32, 32},      {"SG.", of_tokens, 22, 22},
};

std::size_t run_of(std::string_view text, std::string_view chars, std::size_t from = 0) {
    return std::min(text.find_first_not_of(chars, from), text.size()) - std::min(from, text.size());
}

std::size_t shape_at(std::string_view text) {
    constexpr std::size_t second_of_sendgrid = 43;
    for (const Shape& shape : shapes) {
        if (!text.starts_with(shape.prefix)) continue;
        const auto rest = run_of(text, shape.rest, shape.prefix.size());
        const auto end = shape.prefix.size() + rest;
        if (rest < shape.least || rest > shape.most) continue;
        if (shape.prefix != "SG.") return end;
        if (text.substr(end).starts_with('.') && run_of(text, of_tokens, end + 1) == second_of_sendgrid)
            return end + 1 + second_of_sendgrid;
    }
    return 0;
}

// A bot of Telegram: 123456789:AAE...
std::size_t bot_at(std::string_view text) {
    constexpr std::size_t of_key = 35;
    const auto digits = run_of(text, "0123456789");
    const bool is_one = digits >= 5 && digits <= 16 && text.substr(digits).starts_with(":A") &&
                        run_of(text, of_tokens, digits + 1) == of_key;
    return is_one ? digits + 1 + of_key : 0;
}

// Three parts, of which the first two are objects. Some are public (a browser's key), so is_token() is false of them.
std::size_t jwt_at(std::string_view text) {
    constexpr std::string_view object = "eyJ"; // {" in base64
    const auto first = run_of(text, of_tokens);
    if (!text.starts_with(object) || !text.substr(first).starts_with(".eyJ")) return 0;
    const auto second = first + 1 + run_of(text, of_tokens, first + 1);
    if (!text.substr(second).starts_with('.')) return 0;
    const auto third = run_of(text, of_tokens, second + 1);
    return third == 0 ? 0 : second + 1 + third;
}

bool begins_as_vendors_do(std::string_view word) {
    constexpr std::string_view prefixes[] = {"ghp_",     "gho_",  "ghu_",  "ghs_",           "ghr_",    "github_pat_",
                                             "glpat-",   "npm_",  "pypi-", "sk_live",        "rk_live", "dckr_pat_",
                                             "dop_v1_",  "xoxb-", "xoxp-", "xoxa-",          "xapp-",   "sk-ant-",
                                             "sk-proj-", "AKIA",  "AIza",  "AGE-SECRET-KEY-"};
    constexpr std::size_t shortest = 20;                                               // AKIA and 16 more
    return word.size() >= shortest && word.find_first_of("0123456789") != word.npos && // npm_config_... has none
           std::any_of(std::begin(prefixes), std::end(prefixes), [&](auto prefix) { return word.starts_with(prefix); });
}

}

bool is_token(std::string_view word) {
    return begins_as_vendors_do(word) ||
           (!word.empty() && (shape_at(word) == word.size() || bot_at(word) == word.size()));
}

std::size_t token_at(std::string_view text) {
    for (const auto length : {shape_at(text), bot_at(text), jwt_at(text)})
        if (length > 0) return length;
    const auto word = run_of(text, of_tokens);
    return begins_as_vendors_do(text.substr(0, word)) ? word : 0;
}

}
