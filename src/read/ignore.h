#pragma once
#include "read/problem.h"
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Reads a .dockerignore like Docker (docs.docker.com/build/concepts/context, moby/patternmatcher): the last pattern
// that matches a path, or a folder above it, decides.
namespace fairlead::read {

struct IgnorePattern {
    std::string text;   // cleaned as a path, without '!' and without '/' at the start: "logs/*.log"
    bool keeps = false; // the pattern begins with '!'
    int line = 0;

    // Returns whether it matches the path or a folder above. Paths are relative, '/'-separated, without '/' at the
    // start.
    bool matches(std::string_view path) const;

    enum class Kind { literal, any_one, any_in_name, any_folders, anything, one_of };
    struct Element {
        Kind kind = Kind::literal;
        std::string text; // of a literal; for one_of, the text between '[' and ']'
    };
    std::vector<Element> elements; // the parsed `text`
};

struct IgnoreFile {
    std::vector<IgnorePattern> patterns;
    std::vector<Problem> problems; // invalid patterns: Docker then refuses the whole file

    bool sent(std::string_view path) const; // whether the file is in the build context
};

// Never fails. Text after 1 MiB is not read.
IgnoreFile read_ignore(std::string_view text);

}
