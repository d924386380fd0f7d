#include "preflight/rules/code_around.h"
#include "base/text.h"
#include "preflight/parts/code_lines.h"
#include <algorithm>
#include <optional>
#include <string>

namespace fairlead::preflight {

namespace {

// Calls `each` with the lines that the line stands under, each indented less than the one before, until it says so.
template <typename Each>
bool some_line_around(std::string_view whole, std::size_t at, std::string_view line, Each each) {
    auto indent = line.find_first_not_of(" \t");
    for (auto end = whole.rfind('\n', at == 0 ? 0 : at - 1); indent > 0 && end != whole.npos;) {
        const auto before = end == 0 ? whole.npos : whole.rfind('\n', end - 1);
        const auto above = whole.substr(before + 1, end - before - 1); // npos + 1 is the beginning
        const auto begins = above.find_first_not_of(" \t\r");
        if (begins < indent) {
            indent = begins;
            if (each(trim(above))) return true;
        }
        end = before;
    }
    return false;
}

// `if not settings.is_production:`, `if env != "prod":`
bool excludes_production(std::string_view words) {
    for (auto at = words.find("prod"); at != words.npos; at = words.find("prod", at + 1)) {
        const auto begin = words.substr(0, at).find_last_of(" (\"'") + 1; // npos + 1 is 0
        const auto before = trim(words.substr(0, begin));
        if (before.ends_with(" not") || before.ends_with(" !") || before.ends_with("(!") || before.ends_with("!=") ||
            before.ends_with("!= \"") || before.ends_with("!= '") || before.ends_with("(not"))
            return words.find(" or ") == words.npos;
    }
    return false;
}

}

bool is_behind_debug(std::string_view whole, std::size_t at, std::string_view line) {
    return some_line_around(whole, at, line, [](std::string_view above) {
        const auto words = lower(above);
        return words.starts_with("if ") &&
               (has_any(words, {"debug", "develop", "\"dev\"", "'dev'", "\"local\""}) || excludes_production(words));
    });
}

bool is_behind_development(std::string_view whole, std::size_t at, std::string_view line) {
    return some_line_around(whole, at, line, [](std::string_view above) {
        const auto words = replace_all(lower(above), "!==", "!=");
        if (words.starts_with("case ")) return has_any(words, {"'development'", "\"development\""}); // CodeIgniter's
        if (!words.starts_with("if ") && !words.starts_with("if(")) return false;
        const bool denies = has_any(words, {"!", " not ", "(not "});
        return excludes_production(words) ||
               (!denies && has_any(words, {"isdev", "is_dev", "'development'", "\"development\"", "\"dev\"", "'dev'"}));
    });
}

bool is_default_of_variable(std::string_view whole, std::string_view line) {
    if (has_any(line, {"getenv(", "environ.get(", "process.env.", "env.get("})) return true;
    // os.getenv(
    //     "DATABASE_URL",
    //     "postgres://…",
    const auto at = line.data() >= whole.data() ? static_cast<std::size_t>(line.data() - whole.data()) : whole.npos;
    if (at <= whole.size()) {
        constexpr std::size_t near = 160;
        const auto before = whole.substr(at - std::min(at, near), std::min(at, near));
        const auto open = before.rfind('(');
        const auto name = open == before.npos ? open : before.find_first_not_of(" \t\r\n", open + 1);
        if (name != before.npos &&
            has_any(before.substr(0, open + 1).substr(open - std::min<std::size_t>(open, 12)),
                    {"getenv(", "environ.get(", "env.get("}) &&
            std::count(before.begin() + static_cast<std::ptrdiff_t>(name), before.end(), '"') +
                    std::count(before.begin() + static_cast<std::ptrdiff_t>(name), before.end(), '\'') ==
                2)
            return true;
    }
    const auto colon = line.find(':'), equals = line.find('=');
    const bool is_field = line.starts_with(' ') && colon < equals && equals != line.npos;
    return whole.find("BaseSettings") != whole.npos && (is_field || trim(line).starts_with("default="));
}

bool is_below_switch(std::string_view whole, std::size_t at, std::string_view line) {
    const auto depth = line.find_first_not_of(" \t");
    for (auto begin = at; begin > 1;) {
        const auto end = begin - 1;
        begin = whole.rfind('\n', end - 1) + 1; // npos + 1 is 0
        const auto above = whole.substr(begin, end - begin);
        const auto its_depth = above.find_first_not_of(" \t");
        if (its_depth == above.npos || its_depth >= depth) continue;
        const auto words = above.substr(its_depth);
        return words.starts_with("if ") && has_any(lower(words), {"debug", "settings.", "config", "environ", "getenv",
                                                                  "process.env", "args.", "reset", "recreate", "flag"});
    }
    return false;
}

std::string_view class_of_field(std::string_view whole, std::size_t at, std::string_view line, std::string_view name) {
    constexpr std::string_view word = "class ";
    auto first = trim(line);
    std::string_view found;
    some_line_around(whole, at, line, [&](std::string_view above) {
        if (above.starts_with(word)) found = above.substr(word.size());
        if (above.ends_with(':')) return true;
        first = above;
        return false;
    });
    return first.substr(0, first.find_first_of(" :=")) == name ? found.substr(0, found.find_first_of("(:")) : "";
}

namespace {

bool is_logger(std::string_view line) {
    return has_any(lower(line), {"logger.", "logging.", "log.error(", "log.exception(", "log.warning(", "log.critical(",
                                 "log.info(", "log.debug(", "_log("});
}

bool is_answer(std::string_view line) {
    return line.starts_with("return") || has_any(line, {"Response(", "HTTPException(", "jsonify(", "abort("});
}

// response["error"]["debug"] = { : response
std::string_view assigned_in(std::string_view statement) {
    const auto equals = statement.find('=');
    if (equals == statement.npos || equals == 0 || statement.substr(equals).starts_with("==")) return {};
    const auto name = statement.substr(0, statement.find_first_of(" [=:."));
    return name.find('(') == name.npos ? name : std::string_view();
}

}

Becomes becomes_of(std::string_view whole, std::size_t at, std::string_view line) {
    std::string_view name = assigned_in(trim(line)); // of the statement that it is a part of
    auto found = is_logger(line) ? Becomes::log : is_answer(trim(line)) ? Becomes::answer : Becomes::unknown;
    if (found != Becomes::unknown) return found;
    some_line_around(whole, at, line, [&](std::string_view above) {
        const bool is_open = above.ends_with('(') || above.ends_with('{') || above.ends_with('[');
        if (!is_open) return true; // a block: the statement begins below it
        if (is_logger(above)) found = Becomes::log;
        if (is_answer(above)) found = Becomes::answer;
        if (const auto assigned = assigned_in(above); !assigned.empty()) name = assigned;
        return found != Becomes::unknown;
    });
    if (found != Becomes::unknown || name.empty()) return found;
    const auto rest = whole.substr(at, whole.find("\ndef ", at) - at);
    for (const std::string_view before : {"return ", "content=", "detail=", "jsonify(", "Response("})
        if (rest.find(std::string(before) + std::string(name)) != rest.npos) return Becomes::answer;
    return Becomes::unknown;
}

namespace {

// What sets a cookie, in front of its name.
constexpr std::string_view setters[] = {".cookie(",       "etCookie(",       "cookies.set(",
                                        "cookies().set(", "ookieStore.set(", ".clearCookie("};

// res.cookie("sid", …: the first argument, a text or the name of a constant.
std::string named_in(std::string_view arguments) { return lower(arguments.substr(0, arguments.find_first_of(",)"))); }

bool is_named_for_csrf(std::string_view arguments) { return has_any(named_in(arguments), {"csrf", "xsrf"}); }

// Whether the name speaks of a session or a token.
bool is_named_for_session(std::string_view arguments) {
    const auto first = named_in(arguments);
    return !is_named_for_csrf(first) &&
           has_any(first, {"sess", "sid", "auth", "token", "jwt", "remember", "login", "credential"});
}

// The arguments of the last cookie that is set there.
std::optional<std::string_view> last_cookie(std::string_view text) {
    auto begin = std::string_view::npos;
    for (const auto setter : setters)
        if (const auto at = text.rfind(setter); at != text.npos && (begin == text.npos || at + setter.size() > begin))
            begin = at + setter.size();
    return begin == text.npos ? std::nullopt : std::optional(text.substr(begin));
}

}

CookieOf cookie_of(std::string_view whole, int line, std::string_view option) {
    const auto begin = begin_of_line(whole, line);
    const auto until = whole.substr(0, std::min(whole.find(option, begin), whole.size()));
    auto statement = until; // it begins behind the one before, which ends with `;` or a block
    if (const auto end = statement.find_last_of(";}"); end != statement.npos) statement.remove_prefix(end + 1);
    if (const auto own = last_cookie(statement)) {
        if (statement.find(".clearCookie(") != statement.npos || is_named_for_csrf(*own)) return CookieOf::harmless;
        return is_named_for_session(*own) ? CookieOf::session : CookieOf::unknown;
    }
    if (has_any(statement, {"session(", "ession"})) return CookieOf::session;
    for (auto rest = whole;;) { // const options = {httpOnly: false}; the cookies that get them
        const auto one = last_cookie(rest);
        if (!one) return CookieOf::unknown;
        if (is_named_for_session(*one)) return CookieOf::session;
        rest = rest.substr(0, rest.size() - one->size() - 4); // shorter than any setter
    }
}

}
