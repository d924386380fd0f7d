#include "preflight/rules/code_logins.h"
#include "base/text.h"
#include "preflight/parts/code_lines.h"
#include <algorithm>
#include <array>

namespace fairlead::preflight {

namespace {

constexpr std::string_view script_ends[] = {".js", ".ts", ".mjs", ".cjs", ".mts"};
constexpr std::string_view java_ends[] = {".java", ".kt"};
constexpr std::string_view net_ends[] = {".cs"};
constexpr std::string_view python_ends[] = {".py"};
constexpr std::string_view other_ends[] = {".php", ".rb", ".go"};
constexpr std::array<std::span<const std::string_view>, 5> languages = {script_ends, java_ends, net_ends, python_ends,
                                                                        other_ends};

bool has_end(std::string_view path, std::span<const std::string_view> ends) {
    return std::any_of(ends.begin(), ends.end(), [&](auto end) { return path.ends_with(end); });
}

bool is_about_cookies(std::string_view line, bool is_python, bool is_flask) {
    const auto words = trim(line.substr(0, is_python ? line.find('#') : line.find("//")));
    if (words.starts_with('*') || words.starts_with("/*") || words.starts_with("delete ")) return false; // of a log
    if (is_python)
        return has_any(words, {"set_cookie", "SessionMiddleware", "Cookie(", "flask_login", "request.session",
                               "HTTPBasic", "contrib.sessions", "contrib.auth", ".cookies", "cookie_"}) ||
               (is_flask && has_any(words, {"session["}));
    return has_any(words, {"cookie", "Cookie", "SessionMiddleware", "HttpSession"}) ||
           (has_any(words, {"formLogin", "httpBasic", "oauth2Login"}) && !has_any(words, {"disable"}));
}

bool is_about_cookies(std::string_view path, std::string_view text) {
    const bool is_python = path.ends_with(".py"), is_flask = has_any(text, {"from flask import"});
    const auto lines = split(text, '\n');
    return std::any_of(lines.begin(), lines.end(),
                       [&](const std::string& line) { return is_about_cookies(line, is_python, is_flask); });
}

}

bool sends_cookies(const Project& project, std::string_view path) {
    const auto* const language =
        std::find_if(languages.begin(), languages.end(), [&](const auto& ends) { return has_end(path, ends); });
    return language != languages.end() &&
           some_source(
               project, [&](std::string_view other) { return has_end(other, *language); },
               [](const std::string& by, std::string_view text) { return is_about_cookies(by, text); });
}

bool is_without_cookies(const Project& project) {
    bool has_source = false;
    const auto is_of_server = [](std::string_view path) {
        return std::any_of(languages.begin(), languages.end(), [&](const auto& ends) { return has_end(path, ends); });
    };
    return !some_source(project, is_of_server, [&](const std::string& path, std::string_view text) {
        has_source = true;
        return is_about_cookies(path, text);
    }) && has_source;
}

}
