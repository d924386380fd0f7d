#pragma once
#include "preflight/project.h"
#include "read/env.h"
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

}
