#pragma once
#include "base/result.h"
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// Values in a JSON body, for the expectations of a check.
namespace fairlead::smoke {

// A place as it is kept: a JSON pointer (RFC 6901) for one that names a single value, else a JSONPath (RFC 9535).
// Error (usage): the text is neither.
Result<std::string> parse_json_place(std::string_view text);

class JsonBody {
  public:
    explicit JsonBody(std::string_view body);
    JsonBody(JsonBody&&) noexcept;
    ~JsonBody();
    bool is_json() const { return document_ != nullptr; }
    bool is_too_large() const { return is_too_large_; } // a million values or more, so it wasn't read
    // The text of a string, any other value as JSON; nothing: the place is not there. A path that selects several
    // values gives the list of them. Error (no): it selects more than two million.
    Result<std::optional<std::string>> text_at(const std::string& place) const;

  private:
    struct Document;
    std::unique_ptr<Document> document_;
    bool is_too_large_ = false;
};

}
