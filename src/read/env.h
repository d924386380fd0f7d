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

// Env files, as each of those who read them does. Sources: compose-go v2.16 dotenv/parser.go and template/, docker/cli
// v29 pkg/kvfile, systemd v254 src/basic/env-file.c, python-dotenv 1.2, dotenv of npm 18, POSIX sh as dash has it.
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
    mixed,     // a'b'c, of systemd and the shell
};

struct EnvEntry {
    std::string name;
    std::optional<std::string> value; // as that reader sees it, expanded; nothing: named without a value
    bool left_out = false;            // that reader sets no such variable
    std::string raw;                  // the value as it is written, with its quotes, without a comment behind it
    EnvQuote quote = EnvQuote::none;  // of that reader: to docker all quotes are part of the value
    bool exported = false;            // `export ` before it
    bool has_equals = false;          // or the ':' of compose, node
    bool blank_before = false, blank_after = false; // round the '='
    int line = 0, column = 0;                       // of the name, from 1, code points
    int end_line = 0;                               // of the value's last character
    Span whole;                                     // from the name (or its `export`) to the end of the value
    Span name_at, value_at;                         // value_at: of `raw`
};

struct EnvFile {
    EnvDialect dialect = EnvDialect::compose;
    std::vector<EnvEntry> entries; // in their order, equal names too
    std::vector<Problem> problems;
    bool refused = false; // that reader takes nothing of the file; the entries are what it would have been

    std::map<std::string, std::optional<std::string>>
    values() const; // of equal names the last; without what is left out
};

using EnvLookup = std::function<std::optional<std::string>(const std::string& name)>; // the caller's variables

constexpr std::size_t env_limit = std::size_t{1} << 20; // bytes; a larger file is refused

EnvFile read_env(std::string_view text, EnvDialect dialect, const EnvLookup& lookup = nullptr);

}
