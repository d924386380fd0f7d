#pragma once
#include <string_view>

// Finds what stands around a line of code: of Python, unless it says another language.
namespace fairlead::preflight {

// Returns whether the line stands below `if settings.debug:`, `if env == "development":` or `if not is_production:`,
// however deep. `at`: where the line begins in `whole`.
bool is_behind_debug(std::string_view whole, std::size_t at, std::string_view line);
// The same in Python or JavaScript, by the name of the environment alone: `if (isDevelopment) {`.
bool is_behind_development(std::string_view whole, std::size_t at, std::string_view line);
// Returns whether the line stands right below `if settings.RESET_DB:`, which whoever deploys sets.
bool is_below_switch(std::string_view whole, std::size_t at, std::string_view line);
// Returns whether the text in the line is what a variable's value replaces: a field of pydantic's BaseSettings, or the
// default in os.getenv("DATABASE_URL", "postgres://…").
bool is_default_of_variable(std::string_view whole, std::string_view line);

// Returns the class whose field the statement around the line sets, if the field has that name: a statement may go over
// several lines. Empty: it sets another one, or none.
std::string_view class_of_field(std::string_view whole, std::size_t at, std::string_view line, std::string_view name);

// Returns what becomes of a text that the line makes: it is handed to a logger; it goes into an answer, by the
// statement around it or by the name that it is assigned to; or neither is seen.
enum class Becomes { log, answer, unknown };
Becomes becomes_of(std::string_view whole, std::size_t at, std::string_view line);

// Returns what the options of a cookie in that line of JavaScript are of; `option` is one that stands there, such as
// "httpOnly". A session or a token: by the name of the
// cookie that the statement around the line sets, or because a framework sets it, express-session. Options that stand
// by themselves are those of the file's cookies. Harmless: a cookie that is deleted, or that the page sends back
// against CSRF.
enum class CookieOf { session, harmless, unknown };
CookieOf cookie_of(std::string_view whole, int line, std::string_view option);

}
