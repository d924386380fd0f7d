#pragma once
#include "preflight/project.h"
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>

// Source as rules look at it: lines that hold a word, found without a walk over the rest.
namespace fairlead::preflight {

inline constexpr std::size_t source_at_most = std::size_t{16} << 20; // bytes in all; beyond it nothing is said

bool is_code(std::string_view path);     // of Python, JavaScript, TypeScript, Vue or Svelte
bool is_of_tests(std::string_view path); // or of examples, of what is built, of others: no code of production

// Calls `each` with each line of the text that holds `about`, but for comments: where it begins, its number, itself.
void each_line_with(std::string_view text, std::string_view about,
                    const std::function<void(std::size_t at, int number, std::string_view line)>& each);

// Calls `each` with each file of the project that is wanted and runs in production.
void each_source(const Project& project, const std::function<bool(std::string_view path)>& wanted,
                 const std::function<void(const std::string& path, std::string_view text)>& each);

// Both together.
void each_line_of_code(const Project& project, const std::function<bool(std::string_view path)>& wanted,
                       std::string_view about,
                       const std::function<void(const std::string& path, int number, std::string_view line)>& each);

// Which of `wanted` are words of code, scripts, Dockerfiles and compose files, in capitals; nothing where it is too
// much to be sure.
std::optional<std::unordered_set<std::string>> source_words(const Project& project,
                                                            const std::unordered_set<std::string>& wanted);
// A variable that an interpreter, a server or a client reads, which the source doesn't name: PYTHONPATH, PGHOST.
bool is_read_by_others(std::string_view name);

}
