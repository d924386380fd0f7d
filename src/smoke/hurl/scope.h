#pragma once
#include "base/result.h"
#include "smoke/hurl/syntax.h"
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

// The variables of a run of a Hurl file, and texts with their values.
namespace fairlead::smoke::hurl {

class Scope {
  public:
    void set(const std::string& name, Value value); // if the name sounds secret, registers the text with mask()
    void set_secret(const std::string& name, std::string value);
    const Value* find(const std::string& name) const; // null: undefined

  private:
    std::map<std::string, Value> values_;
};

bool is_function(std::string_view name); // newUuid, newDate

// Returns the value of a text as in `--variable name=value`: true, false, null, an integer, a number, "quoted", else a
// string.
Value typed(std::string_view text);

// Returns the value of a placeholder: a variable, else newUuid or newDate. Error (usage), at its place: undefined.
Result<Value> value_of(const Placeholder& placeholder, const Scope& scope, const File& file);

// Returns the text with the values of its placeholders. Error (usage), at the placeholder: the variable is undefined,
// or its value can't be written into this text.
Result<std::string> rendered(const Template& text, const Scope& scope, const File& file);

}
