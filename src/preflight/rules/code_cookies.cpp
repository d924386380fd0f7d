#include "base/path.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/code_lines.h"
#include "preflight/rules/code_around.h"
#include "preflight/rules/code_logins.h"
#include "preflight/rules/code_rows.h"
#include "preflight/rules/groups.h"
#include "sys/pattern/pattern.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

// Cookies of sessions, and who may have browsers send them: CORS.
namespace fairlead::preflight {

namespace {

// Laravel's config/session.php: its session goes along from other sites only with SameSite=None, or, in some browsers,
// without a SameSite; its own default is lax. `folder`: config.
bool sends_session_everywhere(const Project& project, const std::string& folder) {
    const auto text = project.read(path_in(folder, "session.php"));
    if (!text) return false;
    bool sends = false;
    each_line_with(*text, "'same_site'", [&](std::size_t, int, std::string_view line) {
        const auto value = lower(line.substr(line.find("'same_site'") + 11));
        sends = has_any(value, {"'none'", "\"none\"", "null"});
    });
    const auto sets_none = [&](const std::string& path) {
        return kind_of(path) == FileKind::env &&
               has_any(lower(project.read(path).value_or("")), {"session_same_site=none"});
    };
    return sends || std::any_of(project.paths.begin(), project.paths.end(), sets_none);
}

// Cookies of Django and Starlette are SameSite=Lax unless the source says otherwise. Passwords of HTTP's own login go
// along from every site.
bool is_lax_python(const Project& project, const CodeFact& fact) {
    static const auto otherwise =
        sys::Pattern::compile(R"((?i)same_?site\w*["'\]]*\s*[=:]\s*["']?(none|false)\b|HTTPBasic|BasicAuth)").value();
    const bool is_lax = fact.thing == "Django" || fact.thing.find("FastAPI") != fact.thing.npos;
    return is_lax && !some_source(
                         project, [](std::string_view path) { return path.ends_with(".py"); },
                         [&](const std::string&, std::string_view text) { return otherwise.matches(text); });
}

void cors_any(const Project& project, Hits& hits) {
    std::map<std::string, bool, std::less<>> with_cookies; // by the end of the path
    for (const auto& fact : facts_of(project)) {
        if (fact.rule != "code-cors-any") continue;
        const auto end = fact.path.substr(std::min(fact.path.rfind('.'), fact.path.size()));
        if (!with_cookies.contains(end)) with_cookies[end] = sends_cookies(project, fact.path);
        const auto message = fmt::format(
            "{} allows every origin with credentials; any site can act in a visitor's name; list the allowed origins",
            fact.thing);
        const bool by_default = fact.path.ends_with(".rb") || fact.path.ends_with(".php"); // Rails, Laravel
        auto& hit = hits.add(fact.path, fact.line, 1, message);
        hit.level = with_cookies[end] || by_default ? fact.level : std::optional(Level::warning);
        const bool is_lax_php = fact.path.ends_with(".php") && !sends_session_everywhere(project, folder_of(fact.path));
        if (!is_lax_php && !is_lax_python(project, fact)) continue;
        hit.level = Level::warning;
        hit.message =
            fmt::format("{} allows every origin with credentials; only SameSite=lax of its cookies stops other "
                        "sites; list the allowed origins",
                        fact.thing);
    }
}

void cookie_insecure(const Project& project, Hits& hits) {
    for (const auto& fact : facts_of(project)) {
        if (fact.rule != "code-cookie-insecure") continue;
        const bool is_hidden = has_any(lower(fact.thing), {"httponly", "http-only", "http_only"});
        const auto of = fact.thing.starts_with("a cookie's") ? cookie_of(project.read(fact.path).value_or(""),
                                                                         fact.line, is_hidden ? "httpOnly" : "secure")
                                                             : CookieOf::session;
        if (of == CookieOf::harmless || (of == CookieOf::unknown && !is_hidden)) continue;
        const bool is_other = of == CookieOf::unknown;
        hits.add(fact.path, fact.line, 1,
                 fmt::format("{}; {}; set it to true in production{}", fact.thing,
                             is_other    ? "scripts can read it"
                             : is_hidden ? "scripts can take the session"
                                         : "the session cookie can be sent without encryption",
                             is_other ? ", if it holds a session or a token" : ""))
            .level = is_other ? std::optional(Level::warning) : fact.level;
    }
}

}

std::span<const Rule> code_cookie_rules() {
    static const Rule rules[] = {
        {.id = "code-cors-any",
         .title = "Every origin is allowed with credentials",
         .levels = deployed(Level::error),
         .check = cors_any,
         .why =
             "Any site that a visitor opens can call the API with the visitor's cookies, and read the answers. If the "
             "cookies are SameSite=Lax, which is the default of Django, FastAPI and Laravel, the level is warning.",
         .way_out = "allow_origins=[\"https://app.example.org\"]"},
        {.id = "code-cookie-insecure",
         .title = "A session cookie is not protected",
         .levels = deployed(Level::warning),
         .check = cookie_insecure,
         .why = "Without Secure, one request over http shows the session to everyone on the network path. If a session "
                "cookie has no HttpOnly, the level is error, because an injected script can steal the session.",
         .way_out = "app.config[\"SESSION_COOKIE_SECURE\"] = True"},
    };
    return rules;
}

}
