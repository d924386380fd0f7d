#pragma once
#include <optional>
#include <string>
#include <string_view>

// Reads the release of an executable from share/fairlead/release, which release/package wrote next to it.
namespace fairlead::init {

struct Release {
    std::string commit;     // the commit of the tag; its fairlead.lock has the digests
    std::string x64, arm64; // SHA-256 of the archives of executables; empty: no archive for this machine
};
// Without a release, a step builds its tool from source. The measured minutes on a runner with two cores (docs/ci.md),
// and the time limit for them.
inline constexpr std::string_view source_minutes = "3 to 5";
inline constexpr int source_limit = 30;

// Nothing: the text is for another version, or has another form.
std::optional<Release> read_release(std::string_view text, std::string_view version);
// Reads the file next to our own executable, for our own version; nothing: we were built from source.
std::optional<Release> own_release();

}
