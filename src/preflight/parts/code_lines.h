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

bool is_code(std::string_view path); // Python, JavaScript, TypeScript, Vue or Svelte
// tests, examples, build output or other people's code, none of it production code
bool is_of_tests(std::string_view path);

// Returns whether Python code is only for development: below class DevelopmentConfig(Config), or if __name__ ==
// "__main__". Settings there don't apply to production.
bool is_of_development(std::string_view whole, std::size_t at);

// Returns whether a line of Python applies only if the environment lacks the variable: below `if not NAME:`, where NAME
// was read from the environment, or below `except KeyError:`. `name`: the name that the line sets.
bool is_for_unset(std::string_view whole, std::size_t at, std::string_view name);

// Returns the offset of a line, counted from 1; the text's size if there is no such line.
// Returns whether the text has the word as a whole: no letter, digit, `_` or `joint` next to it.
bool holds_word(std::string_view text, std::string_view word, char joint = '_');
std::size_t begin_of_line(std::string_view text, int number);

// Calls `each` with each line that contains `about` outside of comments: its offset, its number, its text.
void each_line_with(std::string_view text, std::string_view about,
                    const std::function<void(std::size_t at, int number, std::string_view line)>& each);

// Returns whether `has` is true for a source file that `wanted` accepts and that runs in production; stops at the first
// such file.
bool some_source(const Project& project, const std::function<bool(std::string_view path)>& wanted,
                 const std::function<bool(const std::string& path, std::string_view text)>& has);
// Calls `each` for each source file that `wanted` accepts and that runs in production.
void each_source(const Project& project, const std::function<bool(std::string_view path)>& wanted,
                 const std::function<void(const std::string& path, std::string_view text)>& each);

// Returns which of `wanted` occur as words in code, scripts, Dockerfiles and compose files, in capitals. Nothing: there
// is too much text to be sure.
std::optional<std::unordered_set<std::string>> source_words(const Project& project,
                                                            const std::unordered_set<std::string>& wanted);
// Returns the names in env files that nothing reads: no source, script or compose file, and no program that reads such
// a variable by itself. Also empty if there is no source, or too much to be sure.
const std::set<std::string>& unread_variables(const Project& project);
// Returns whether a file that `wanted` accepts has the word (`joint` counts as a letter); also true if there is too
// much text to be sure.
bool some_file_names(const Project& project, std::string_view word, char joint,
                     const std::function<bool(const std::string& by)>& wanted);
// Returns whether the file only lists paths, and so starts and loads none of them: .gitignore, dependabot.yml.
bool only_lists_paths(std::string_view path);
// Returns whether another file names the module, or its framework finds it by its path.
bool is_loaded(const Project& project, const std::string& path);
// Returns whether interpreters, servers or clients read this variable by themselves, such as PYTHONPATH and PGHOST.
bool is_read_by_others(std::string_view name);

}
