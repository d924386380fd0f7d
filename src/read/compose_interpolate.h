#pragma once
#include "read/compose.h"
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::read {

using ComposeVariables = std::map<std::string, std::string>;

// Replaces what begins with $ in every text of a tree (compose-spec, "Interpolation"), keys excepted.
class ComposeInterpolation {
  public:
    // `text` is the file's, to say where in it a '$' stands.
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
    const ComposeValue* value_ = nullptr; // that is being replaced
    std::string key_;
    bool borrowed_ = false, unset_ = false; // of that value
    std::size_t made_ = 0;                  // bytes
};

}
