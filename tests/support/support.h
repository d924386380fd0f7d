#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::test {

// Records that the running test case did not run here, and why; SKIP_LOUDLY also leaves it. A part that
// FAIRLEAD_TEST_REQUIRE names (comma-separated) fails instead.
void skip(const std::string& part, const std::string& reason);
bool is_required(const std::string& part);

// ../shared/conformance/<area> or $FAIRLEAD_CONFORMANCE/<area>; nothing when it is not there.
std::optional<std::string> conformance(const std::string& area);

std::string source(const std::string& path);  // a file of the project; only support.cpp knows where it is, so that
std::string program(const std::string& name); // other folders of the same sources share ccache's objects

std::string read(const std::string& path); // fails the test when it can't

inline bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

}

#define SKIP_LOUDLY(part, reason)                                                                                      \
    do {                                                                                                               \
        ::fairlead::test::skip(part, reason);                                                                          \
        return;                                                                                                        \
    } while (false)
