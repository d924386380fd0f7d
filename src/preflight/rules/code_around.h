#pragma once
#include <string_view>

// Examines the code around a line; it is Python unless stated otherwise.
namespace fairlead::preflight {

// Returns whether the line is inside `if settings.debug:`, `if env == "development":` or `if not is_production:`, at
// any depth. `at`: offset of the line in `whole`.
bool is_behind_debug(std::string_view whole, std::size_t at, std::string_view line);
// Does the same for Python, JavaScript or PHP, but only by the name of the environment: `if (isDevelopment) {`,
// `case 'development':`.
bool is_behind_development(std::string_view whole, std::size_t at, std::string_view line);
// Returns whether the line is directly below a switch such as `if settings.RESET_DB:`, which is set at deployment.
bool is_below_switch(std::string_view whole, std::size_t at, std::string_view line);
// Returns whether the text in the line is the default of a variable: a field of pydantic's BaseSettings, or the default
// in os.getenv("DATABASE_URL", "postgres://…").
bool is_default_of_variable(std::string_view whole, std::string_view line);

// If the statement around the line sets a field with this name, returns the field's class. A statement may have several
// lines. Empty: it sets no such field.
std::string_view class_of_field(std::string_view whole, std::size_t at, std::string_view line, std::string_view name);

// Returns where a text made in the line goes: to a logger; into an answer, by the surrounding statement or by the name
// that it is assigned to; or unknown.
enum class Becomes { log, answer, unknown };
Becomes becomes_of(std::string_view whole, std::size_t at, std::string_view line);

// Returns to which kind of cookie the options in a line of JavaScript belong; `option` is one of them, such as
// "httpOnly". session: a session or a token, by the name of the cookie in the surrounding statement, or because a
// framework such as express-session sets it. Separate options belong to the file's cookies. harmless: a deleted cookie,
// or a CSRF cookie that the page sends back.
enum class CookieOf { session, harmless, unknown };
CookieOf cookie_of(std::string_view whole, int line, std::string_view option);

}
