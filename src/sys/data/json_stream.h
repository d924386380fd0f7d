#pragma once
#include "sys/data/json_fwd.h"
#include "sys/files/stream.h"
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

// Reads JSON that is too big for memory in one pass; only the requested parts are built as values.
namespace fairlead::sys {

enum class JsonKind { object, array, scalar };

// A path is like a JSON pointer with `*` for the elements of an array: "/runs/*/results/*"; the root is "". In names,
// `~` is written ~0, `/` ~1 and `*` ~2. If a handler returns an error, reading ends with that error.
struct JsonHandler {
    enum class Take {
        skip,
        enter, // its members are visited next; a scalar is skipped
        build, // built() gets it whole
    };
    virtual ~JsonHandler() = default;
    virtual Result<Take> begin(std::string_view path, JsonKind kind) = 0;
    // called for each part for which begin() returned `build`; does nothing by default
    virtual Result<void> built(std::string_view path, Json value);
    // Returns whether a member of an object under construction is wanted. Deeper members are always kept.
    virtual bool keeps(std::string_view, std::string_view /*member*/) const { return true; }
    virtual Result<void> left(std::string_view) { return {}; } // called at the end of a container that was entered
    virtual bool done() const { return false; }                // true: the rest is not read
};

constexpr std::size_t deepest_json = 1000;
constexpr std::size_t longest_json_token = 16u << 20; // bytes of a string, a number or a gap between tokens
constexpr std::size_t largest_json_value = 64u << 20; // bytes of memory that one built value may take

// Error (no): "malformed", or the exceeded limit, with line:column. Error (could_not): from the stream. Errors of the
// handler are passed on. If such an error has the file but no line, the reader adds its current line and column.
Result<void> stream_json(ByteStream stream, const std::string& file_name, JsonHandler& handler);

// Gets the name and the string value of a member.
using TakeText = std::function<void(std::string_view, std::string_view)>;
// Calls `take` for each member whose value is a string, in order, and skips other members. It is for JSON lines:
// building a value for each line would take most of the time. False: not an object, or malformed; ignore what `take`
// got.
bool read_texts(std::string_view object, const TakeText& take);

}
