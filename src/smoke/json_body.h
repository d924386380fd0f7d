#pragma once
#include "base/result.h"
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// Values in a JSON body, for the expectations of a check.
namespace fairlead::smoke {

// Parses a place. Returns a JSON pointer (RFC 6901) if it names a single value, else a JSONPath (RFC 9535). Error
// (usage): the text is neither.
Result<std::string> parse_json_place(std::string_view text);

class JsonBody {
  public:
    explicit JsonBody(std::string_view body);
    JsonBody(JsonBody&&) noexcept;
    ~JsonBody();
    bool is_json() const { return document_ != nullptr; }
    bool is_too_large() const { return is_too_large_; } // it has a million values or more, so it wasn't read
    // Returns a string unchanged, any other value as JSON; nothing: the place doesn't exist. If a path selects several
    // values, returns their list. Error (no): it selects more than two million values.
    Result<std::optional<std::string>> text_at(const std::string& place) const;

  private:
    struct Document;
    std::unique_ptr<Document> document_;
    bool is_too_large_ = false;
};

}
