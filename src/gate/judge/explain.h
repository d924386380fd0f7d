#pragma once
#include "gate/judge/judge.h"
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// --explain: for each rule that applied, the measured and the allowed value, where the latter is set, and what would
// make the rule pass.
namespace fairlead::gate {

// Where a key of the section `gate` got its value: "fairlead.yml:3:5", "--min-tests", "default".
using OriginOf = std::function<std::string(std::string_view key)>;

// One line for each rule, failures first.
std::vector<std::string> explained(const Judgement& judgement, const OriginOf& origin_of);

}
