#pragma once
#include "preflight/project.h"
#include "read/env/env.h"
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

// Splits an env file into lines, for rules that judge its form and not its content.
namespace fairlead::preflight {

struct EnvLine {
    int number = 0;
    std::size_t begin = 0;
    std::string_view text; // without CR and LF
    bool has_cr = false;
    bool in_value = false; // inside of a value that began on an earlier line
    bool value_goes_on = false;
    const read::EnvEntry* entry = nullptr; // the first entry that begins here
    std::string_view key;                  // text before '=', without `export` and blanks; without '=' the whole text
    std::size_t equals = std::string_view::npos; // position in `text`

    std::string_view value() const;             // text after '=' and blanks, with a comment; empty without '='
    std::string_view bare_value() const;        // the same without a comment and blanks at the end
    int column_of(std::string_view part) const; // column of a part of `text`, in code points
};

std::vector<EnvLine> lines_of(const EnvFile& file);
std::vector<EnvLine> entry_lines(const EnvFile& file); // lines that begin an entry, even a malformed one

bool is_plain_name(std::string_view name);     // letters, digits, '_'; no digit first
std::string short_name(std::string_view name); // for a message: valid, and at most 40 bytes

namespace env { // for the rules about a file's form

bool dialect_is(const EnvFile& file, std::initializer_list<read::EnvDialect> any);
// Returns a key for messages, such as FOO or DB_HOST2. Another line without a value may be part of a key or a password,
// so it is not shown.
std::string shown_key(const EnvLine& line);
Hit& add(Hits& hits, const EnvFile& file, int line, int column, std::string message);
Hit& add(Hits& hits, const EnvFile& file, const read::EnvEntry& entry, std::string message);
Edit edit(const EnvFile& file, std::size_t begin, std::size_t end, std::string text);

}

}
