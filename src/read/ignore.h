#pragma once
#include "read/problem.h"
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// A .dockerignore as Docker reads it (docs.docker.com/build/concepts/context, moby/patternmatcher): the last pattern
// that matches a path or a folder above it decides.
namespace fairlead::read {

struct IgnorePattern {
    std::string text;   // cleaned as a path, without '!' and a '/' at the front: "logs/*.log"
    bool keeps = false; // with '!'
    int line = 0;

    // The path itself, or a folder above it. Relative, '/'-separated, no '/' at the front.
    bool matches(std::string_view path) const;

    enum class Kind { literal, any_one, any_in_name, any_folders, anything, one_of };
    struct Element {
        Kind kind = Kind::literal;
        std::string text; // of a literal; of one_of what stands between '[' and ']'
    };
    std::vector<Element> elements; // of text
};

struct IgnoreFile {
    std::vector<IgnorePattern> patterns;
    std::vector<Problem> problems; // patterns that don't compile: Docker refuses the whole file

    bool sent(std::string_view path) const; // whether the build context holds it
};

// Never fails. Beyond 1 MiB nothing is read.
IgnoreFile read_ignore(std::string_view text);

}
