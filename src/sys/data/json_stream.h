#pragma once
#include "sys/data/json_fwd.h"
#include "sys/files/stream.h"
#include <cstddef>
#include <string>
#include <string_view>

// JSON too big to hold: walked in one pass, only the parts that are asked for are built.
namespace fairlead::sys {

enum class JsonKind { object, array, scalar };

// A path is like a JSON pointer with `*` for the elements of an array: "/runs/*/results/*"; the root is "".
// In names `~` is written ~0, `/` ~1 and `*` ~2. An error of its own ends the reading and is the result.
struct JsonHandler {
    enum class Take {
        skip,
        enter, // its members come next; a scalar is skipped
        build, // built() gets it whole
    };
    virtual ~JsonHandler() = default;
    virtual Result<Take> begin(std::string_view path, JsonKind kind) = 0;
    virtual Result<void> built(std::string_view path, Json value); // nothing, where nobody asked for it
    // Whether this member of an object that is being built is wanted; members of its members always are.
    virtual bool keeps(std::string_view, std::string_view /*member*/) const { return true; }
    virtual Result<void> left(std::string_view) { return {}; } // the end of a container that was entered
    virtual bool done() const { return false; }                // true: the rest is not read
};

constexpr std::size_t deepest_json = 1000;
constexpr std::size_t longest_json_token = 16u << 20; // a string, a number, a gap
constexpr std::size_t largest_json_value = 64u << 20; // bytes of memory that one built value may take

// Error: no, "malformed" or the limit that it is over, with line:column; could_not from the stream. What the handler
// says comes as it is.
Result<void> stream_json(ByteStream stream, const std::string& file_name, JsonHandler& handler);

}
