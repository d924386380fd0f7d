#pragma once
#include <optional>
#include <string>
#include <string_view>

// The release that an executable came in, as release/package wrote it beside it: share/fairlead/release.
namespace fairlead::init {

struct Release {
    std::string commit;     // that the tag names: its fairlead.lock has the digests
    std::string x64, arm64; // SHA-256 of the archives of executables; empty: there is none for that machine
};
// Without one a step builds its tool from source. How long that takes on a runner with two cores, measured
// (docs/ci.md), and what a time limit allows for it.
inline constexpr std::string_view source_minutes = "3 to 5";
inline constexpr int source_limit = 30;

// Nothing: it is another version's, or not of that form.
std::optional<Release> read_release(std::string_view text, std::string_view version);
// Beside our own executable, of our own version; nothing: it was built from source.
std::optional<Release> own_release();

}
