#pragma once
#include "sys/descriptor.h"
#include "sys/files/files.h"
#include <cstdint>
#include <string>
#include <vector>

// A process that gives up, for good, what it has no use for, so that whoever takes it over from within what it reads
// has no use for it either: seccomp(2) by libseccomp, and landlock(7). Both hold for every thread and child from then
// on. A kernel or a container that has neither is no error: what doesn't hold is said.
namespace fairlead::sys {

enum class Network { no, yes }; // yes: TCP and UDP as a client; never a local socket, never a server
// No further program or process, no socket unless `network`, and nothing that no tool of ours needs in another process
// or in the kernel: tracing, signals to others, mounts, namespaces, other users, typing into a terminal.
// Refused calls give EPERM. Returns what doesn't hold and why; empty: all of it holds.
std::string confine(Network network);

struct Writable {
    Path path;
    enum class What { file, folder } what = What::file; // folder: all below it, folders too
};
// From now on files are changed at these paths only; what is absent may be made, with its folders. Where its folder
// doesn't exist, that is all below the nearest that does. Returns as confine().
std::string confine_writes(const std::vector<Writable>& writable);

// What a child is held to from its first instruction on: it starts no program but itself, changes nothing outside one
// folder, and connects to nobody; who connects to its local sockets is answered. Made before the child, which only
// puts it on.
class ChildHold {
  public:
    // `lacking`: what this kernel doesn't hold and why; empty: all of it holds.
    static ChildHold make(const Path& program, const Path& folder, std::string& lacking);
    bool put_on() const; // in the child, for good; only async-signal-safe calls

  private:
    Descriptor files_;                  // of Landlock
    std::vector<std::uint64_t> filter_; // of seccomp: struct sock_filter, 8 bytes each
};

// Whether this kernel would hold a process to it, in words for a person; changes nothing.
struct Holds {
    bool programs_and_network = false, files = false;
    std::string described; // "seccomp, Landlock 7"
};
Holds what_kernel_holds();

// AddressSanitizer looks for leaks from a process of its own that traces ours; a build that counts what runs
// (script/coverage) writes that to a file at its end.
#if defined(__SANITIZE_ADDRESS__) || defined(FAIRLEAD_COVERAGE)
inline constexpr bool sanitized = true;
#elif defined(__has_feature)
inline constexpr bool sanitized = __has_feature(address_sanitizer);
#else
inline constexpr bool sanitized = false;
#endif

}
