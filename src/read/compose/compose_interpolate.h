#pragma once
#include "read/compose/compose.h"
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::read {

using ComposeVariables = std::map<std::string, std::string>;

// Replaces $NAME and ${NAME…} in every text of a tree, except in keys (compose-spec, "Interpolation").
class ComposeInterpolation {
  public:
    // `text`: the file's text, to find the place of each '$'.
    ComposeInterpolation(ComposeProject& project, const ComposeVariables& variables, std::string_view text);
    void replace(ComposeValue& value);

  private:
    struct Braced;
    std::string substitute(std::string_view text, int depth);
    std::string variable(const Braced& braced, std::size_t dollar, int depth);
    ComposePlace place_of(std::size_t dollar, bool& exact) const;
    void problem(std::string message);

    ComposeProject& project_;
    const ComposeVariables& variables_;
    std::vector<std::string_view> lines_;
    const ComposeValue* value_ = nullptr; // the value that is being interpolated
    std::string key_;
    bool borrowed_ = false, unset_ = false; // for that value
    std::size_t made_ = 0;                  // bytes
};

}
