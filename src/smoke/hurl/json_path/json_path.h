#pragma once
#include "base/result.h"
#include "smoke/hurl/values/value.h"
#include <memory>
#include <string_view>
#include <vector>

// JSONPath by RFC 9535, with the functions length, count, match, search and value.
namespace fairlead::smoke::hurl {

class JsonPath {
  public:
    // Error (usage): the text is not a well-formed and valid query (RFC 9535, 2.1). The message says what was expected
    // and where. For a spelling of older dialects it shows the standard's form: $['a-b'] for $.a-b, $[0] for $.[0].
    static Result<JsonPath> parse(std::string_view text);
    JsonPath(JsonPath&&) noexcept;
    JsonPath& operator=(JsonPath&&) noexcept;
    ~JsonPath();

    // Returns the nodes that the query selects, in the order of RFC 9535; they point into `document`. Error (no): the
    // nodes with their content have more than two million values.
    Result<std::vector<const Value*>> find(const Value& document) const;

    struct Query;

  private:
    explicit JsonPath(std::unique_ptr<const Query> query);
    std::unique_ptr<const Query> query_;
};

enum class Coercion { on, off };

// Returns the value of the query `jsonpath` in Hurl 8. On: nothing for no node, the value of a single node, a list for
// several. Off: always a list.
std::optional<Value> value_of(const std::vector<const Value*>& nodes, Coercion coercion);

}
