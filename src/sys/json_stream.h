#pragma once
#include "sys/json.h"
#include "sys/stream.h"
#include <string>
#include <string_view>

// JSON too big to hold: walked in one pass, only the parts that are asked for are built.
namespace fairlead::sys {

enum class JsonKind { object, array, scalar };

// A path is like a JSON pointer with `*` for the elements of an array: "/runs/*/results/*"; the root is "".
// In names `~` is written ~0, `/` ~1 and `*` ~2.
struct JsonHandler {
    enum class Take {
        skip,
        enter, // its members come next; a scalar is skipped
        build, // built() gets it whole
    };
    virtual ~JsonHandler() = default;
    virtual Take begin(std::string_view path, JsonKind kind) = 0;
    virtual void built(std::string_view, Json) {}
    virtual void left(std::string_view) {}      // the end of a container that was entered
    virtual bool done() const { return false; } // true: the rest is not read
};

// Error: no, "malformed" with line:column (also deeper than 1,000); could_not from the stream.
Result<void> stream_json(ByteStream stream, const std::string& file_name, JsonHandler& handler);

}
