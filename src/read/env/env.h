#pragma once
#include "read/place.h"
#include "read/problem.h"
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Reads env files like each program that uses them. Sources: compose-go v2.16 dotenv/parser.go and template/,
// docker/cli v29 pkg/kvfile, systemd v254 src/basic/env-file.c, python-dotenv 1.2, dotenv of npm 18, POSIX sh as in
// dash.
namespace fairlead::read {

enum class EnvDialect {
    compose, // env_file: of a service, the project's .env
    docker,  // docker run --env-file; env_file: with format: raw
    systemd, // EnvironmentFile=
    dotenv,  // python-dotenv
    node,    // dotenv of npm
    shell,   // set -ae; . file
};
std::string_view name_of(EnvDialect dialect);
std::optional<EnvDialect> dialect_named(std::string_view name);
std::span<const std::string> dialect_names();

enum class EnvQuote {
    none,
    single_quotes,
    double_quotes,
    backticks, // node
    mixed,     // a'b'c, in systemd and the shell
};

struct EnvEntry {
    std::string name;
    // the expanded value for this reader; nothing: a name without a value
    std::optional<std::string> value;
    bool left_out = false;                          // this reader doesn't set the variable
    std::string raw;                                // the value as written, with quotes, without a comment after it
    EnvQuote quote = EnvQuote::none;                // for this reader; for docker, quotes are part of the value
    bool exported = false;                          // `export ` before it
    bool has_equals = false;                        // or ':' in compose and node
    bool blank_before = false, blank_after = false; // around the '='
    int line = 0, column = 0;                       // of the name, from 1, in code points
    int end_line = 0;                               // line of the value's last character
    Span whole;                                     // from the name (or its `export`) to the end of the value
    Span name_at, value_at;                         // value_at: span of `raw`
};

struct EnvFile {
    EnvDialect dialect = EnvDialect::compose;
    std::vector<EnvEntry> entries; // in the file's order, also repeated names
    std::vector<Problem> problems;
    bool refused = false; // this reader refuses the whole file; the entries are what it would contain

    std::map<std::string, std::optional<std::string>>
    values() const; // of a repeated name the last; without entries that are left out
};

using EnvLookup = std::function<std::optional<std::string>(const std::string& name)>; // the caller's variables

constexpr std::size_t env_limit = std::size_t{1} << 20; // bytes; a larger file is refused

EnvFile read_env(std::string_view text, EnvDialect dialect, const EnvLookup& lookup = nullptr);

}
