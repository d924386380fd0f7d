#include "tag/release/changelog.h"
#include "tag/version/next_version.h"
#include <cstdint>

// Commit messages: read, weighed, and written into a changelog.
extern "C" int fuzz_tag_commits(const std::uint8_t* data, std::size_t size) {
    using namespace fairlead::tag;
    const RangeCommit commit{std::string(40, 'a'), std::string(reinterpret_cast<const char*>(data), size)};
    const auto message = commit.message();
    if (level_of(message, true) == Level::major) __builtin_trap();
    if (message.conventional && (message.type.empty() || message.description.empty())) __builtin_trap();
    (void)changelog({"v1", "v0", "v1", {"https://example.org/a"}, ""}, {commit});
    return 0;
}
