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

// The bytes of a file as they were when it was read, even if somebody writes to it later. From `large_text` bytes on,
// they are in an unnamed copy in TMPDIR, or in memory if TMPDIR can't be written. Only the parts of that copy that are
// in use take memory. Copies of this object share the bytes.
class FrozenText {
  public:
    FrozenText() = default;
    FrozenText(std::string text);                                   // NOLINT(google-explicit-constructor)
    FrozenText(const char* text) : FrozenText(std::string(text)) {} // NOLINT(google-explicit-constructor)
    // Error (could_not): as Root::read, or the copy can't be made.
    static Result<FrozenText> read(const Root& root, const Path& path, std::uint64_t limit);

    std::string_view view() const { return view_; } // valid as long as one of the copies lives

  private:
    std::shared_ptr<const void> owner_;
    std::string_view view_;
};
inline constexpr std::size_t large_text = 8 << 20;

// Frees the memory of a passage that the caller has read; the passage is loaded again if needed. Does nothing for a
// text outside of any FrozenText.
void let_go(std::string_view passed);
// Calls `take` with the text in order, in pieces of at most this size. No piece splits a UTF-8 letter or "\r\n". After
// each piece except the last, let_go() frees its memory. `take` returns whether to go on. Returns whether the end was
// reached.
inline constexpr std::size_t text_piece = 4 << 20;
bool in_pieces(std::string_view text, const std::function<bool(std::string_view piece)>& take);
int newlines_in(std::string_view text);

}
