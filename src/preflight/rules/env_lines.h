#pragma once
#include "preflight/project.h"
#include "read/env.h"
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

// An env file line by line, for rules that judge how it is written rather than what it says.
namespace fairlead::preflight {

struct EnvLine {
    int number = 0;
    std::size_t begin = 0;
    std::string_view text; // without CR and LF
    bool has_cr = false;
    bool in_value = false; // of a value that began on a line before
    bool value_goes_on = false;
    const read::EnvEntry* entry = nullptr;       // the first one that begins here
    std::string_view key;                        // before '=', without `export` and blanks; without '=' all of it
    std::size_t equals = std::string_view::npos; // in `text`

    std::string_view value() const;             // behind '=' and blanks, with a comment; empty without '='
    std::string_view bare_value() const;        // the same without a comment and blanks behind it
    int column_of(std::string_view part) const; // of `text`, in code points
};

std::vector<EnvLine> lines_of(const EnvFile& file);
std::vector<EnvLine> entry_lines(const EnvFile& file); // those that begin an entry or try to

bool is_plain_name(std::string_view name);     // letters, digits, '_'; no digit first
std::string short_name(std::string_view name); // for a message: valid, and no more than 40 bytes

namespace env { // of the rules about how a file is written

bool dialect_is(const EnvFile& file, std::initializer_list<read::EnvDialect> any);
// FOO, DB_HOST2: what else stands without a value may be a line of a key or of a password.
std::string shown_key(const EnvLine& line);
Hit& add(Hits& hits, const EnvFile& file, int line, int column, std::string message);
Hit& add(Hits& hits, const EnvFile& file, const read::EnvEntry& entry, std::string message);
Edit edit(const EnvFile& file, std::size_t begin, std::size_t end, std::string text);

}

}
