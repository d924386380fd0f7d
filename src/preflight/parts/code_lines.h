#pragma once
#include "preflight/project.h"
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>

// Searches source code for lines with a word, without examining the other lines.
namespace fairlead::preflight {

inline constexpr std::size_t source_at_most = std::size_t{16} << 20; // bytes in total; a larger source is not judged

bool is_code(std::string_view path);     // Python, JavaScript, TypeScript, Vue or Svelte
bool is_of_tests(std::string_view path); // tests, examples, build output or other people's code: not code of production

// Returns whether Python code is only for development: below class DevelopmentConfig(Config), or if __name__ ==
// "__main__". Settings there are not those of production.
bool is_of_development(std::string_view whole, std::size_t at);

// Returns whether a line of Python counts only if the environment lacks the variable: below `if not NAME:` where NAME
// was read from the environment, or `except KeyError:`. `name`: what the line sets.
bool is_for_unset(std::string_view whole, std::size_t at, std::string_view name);

// Returns where the line begins, counted from 1; the text's size if it has none.
// Whether the word stands alone: between letters, digits, `_` and `joint` it is a part of another one.
bool holds_word(std::string_view text, std::string_view word, char joint = '_');
std::size_t begin_of_line(std::string_view text, int number);

// Calls `each` with each line that contains `about` outside of comments: its offset, its number, its text.
void each_line_with(std::string_view text, std::string_view about,
                    const std::function<void(std::size_t at, int number, std::string_view line)>& each);

// Returns whether `has` says so of a file that `wanted` accepts and that runs in production; it reads no file after it.
bool some_source(const Project& project, const std::function<bool(std::string_view path)>& wanted,
                 const std::function<bool(const std::string& path, std::string_view text)>& has);
// Calls `each` with each of these files.
void each_source(const Project& project, const std::function<bool(std::string_view path)>& wanted,
                 const std::function<void(const std::string& path, std::string_view text)>& each);

// Returns which of `wanted` occur as words in code, scripts, Dockerfiles and compose files, in capitals. Nothing: there
// is too much text to be sure.
std::optional<std::unordered_set<std::string>> source_words(const Project& project,
                                                            const std::unordered_set<std::string>& wanted);
// Returns the names in env files that nothing in the project reads: neither source, scripts nor compose files, and no
// program that takes them by itself. Empty also if there is no source, or too much to be sure.
const std::set<std::string>& unread_variables(const Project& project);
// Returns whether a file that `wanted` accepts has the word, whose letters include `joint`; also true if there is too
// much text to be sure.
bool some_file_names(const Project& project, std::string_view word, char joint,
                     const std::function<bool(const std::string& by)>& wanted);
// Returns whether some other file names the module, or its framework finds it by its place.
bool is_loaded(const Project& project, const std::string& path);
// Returns whether interpreters, servers or clients read this variable by themselves, such as PYTHONPATH and PGHOST.
bool is_read_by_others(std::string_view name);

}
