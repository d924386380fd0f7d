#pragma once
#include "base/result.h"
#include "sys/files/beneath.h"
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace fairlead::sys {

// The bytes of a file as they were when it was read, whoever writes to it afterwards. From `large_text` bytes on they
// lie in a copy without a name in TMPDIR (in memory where that can't be written), of which only what somebody looks at
// takes memory. Copies share the bytes.
class FrozenText {
  public:
    FrozenText() = default;
    FrozenText(std::string text);                                   // NOLINT(google-explicit-constructor)
    FrozenText(const char* text) : FrozenText(std::string(text)) {} // NOLINT(google-explicit-constructor)
    // Error (could_not): as Root::read; the copy can't be made.
    static Result<FrozenText> read(const Root& root, const Path& path, std::uint64_t limit);

    std::string_view view() const { return view_; } // as long as one of the copies lives

  private:
    std::shared_ptr<const void> owner_;
    std::string_view view_;
};
inline constexpr std::size_t large_text = 8 << 20;

// Said by who goes through a text: what is behind him gives its memory back, and is fetched again when it is asked for.
// Of any other text nothing happens.
void let_go(std::string_view passed);
// A text from its beginning in pieces of this size at most, none of which parts a letter of UTF-8 or "\r\n"; each
// but the last is let go of behind `take`, which says whether to go on. True: it came to the end.
inline constexpr std::size_t text_piece = 4 << 20;
bool in_pieces(std::string_view text, const std::function<bool(std::string_view piece)>& take);
int newlines_in(std::string_view text);

}
