#pragma once
#include "base/result.h"
#include "tag/rules/notes.h"
#include <string>
#include <string_view>
#include <vector>

// The syntax of list inputs: CSV records (RFC 4180 with `#` comments), one entry each, as csv-parse reads them.
namespace fairlead::tag {

// The entries of an input with the line each begins on. A record is put together again with commas, its quotes
// gone; `#` at the start of a line is a comment; blank lines are left out. Error (usage): a quote is not closed.
Result<std::vector<Origin>> split_entries(std::string_view text, const std::string& input);

// The fields of one entry, quotes strict: a `"` inside an unquoted field is an error (usage). Nothing is trimmed.
Result<std::vector<std::string>> split_fields(const Origin& entry);

// `key=value`: at the first `=` that has something before it; without one the whole is the value.
struct KeyValue {
    std::string key; // lower case; empty: a bare text
    std::string value;
    bool bare = false;
    std::string rest; // what stood behind a further `=`, for those who drop it
};
enum class Further { keep, drop }; // a second `=`
KeyValue split_field(std::string_view field, Further further);

}
