#pragma once
#include "base/result.h"
#include "sys/pattern/pattern.h"
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::smoke::hurl {

struct Expression {
    sys::Pattern pattern;
    std::vector<std::string> names; // of the groups; [0] is the whole match; empty: no name
};

// Compiles a regular expression of a Hurl file, in the syntax of Rust's crate regex, where \d \w \s match all of
// Unicode. They are translated for RE2, except \b, and \W and \S inside brackets, which only know ASCII. Error (usage):
// it is malformed, or has features that RE2 lacks (differences of sets, \b{start}, the flag R, more than 1000
// repetitions).
Result<Expression> compile_expression(std::string_view text);

}
