#pragma once
#include "base/result.h"
#include "sys/pattern/pattern.h"
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::smoke::hurl {

struct Expression {
    sys::Pattern pattern;
    std::vector<std::string> names; // of the groups, [0] is the whole match; empty: the group has no name
};

// Compiles a regular expression of a Hurl file, which is one of Rust's crate regex: in it \d \w \s stand for all of
// Unicode. They are translated for RE2; \b stays ASCII's, as do \W and \S inside of brackets. Error (usage): it is no
// regular expression, or has what RE2 doesn't know (differences of sets, \b{start}, the flag R, more than 1000
// repetitions).
Result<Expression> compile_expression(std::string_view text);

}
