#pragma once
#include "base/result.h"
#include "tag/rules/notes.h"
#include <string>
#include <string_view>
#include <vector>

// Reads list inputs: CSV records (RFC 4180 with `#` comments), one entry each, as the library csv-parse reads them.
namespace fairlead::tag {

// Returns the entries of an input, each with the line where it begins. Fields are joined again by commas, without their
// quotes. A line that begins with `#` is a comment; blank lines are left out. Error (usage): a quote is not closed.
Result<std::vector<Origin>> split_entries(std::string_view text, const std::string& input);

// Returns the fields of one entry. Error (usage): a `"` inside an unquoted field. Blanks are kept.
Result<std::vector<std::string>> split_fields(const Origin& entry);

// Splits `key=value` at the first `=` that has text before it; without such an `=`, the whole text is the value.
struct KeyValue {
    std::string key; // lower case; empty: the field has no key
    std::string value;
    bool bare = false;
    std::string rest; // the text after a second `=`, if that is dropped
};
enum class Further { keep, drop }; // what to do with text after a second `=`
KeyValue split_field(std::string_view field, Further further);

}
