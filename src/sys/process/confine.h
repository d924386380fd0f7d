#pragma once
#include "sys/descriptor.h"
#include "sys/files/files.h"
#include <cstdint>
#include <string>
#include <vector>

// Makes a process permanently give up rights that it doesn't need, so that an attacker who takes it over through its
// input lacks them, too. Uses seccomp(2) by libseccomp, and landlock(7), for all later threads and children. A kernel
// or container without these is not an error: the result says what is not enforced.
namespace fairlead::sys {

enum class Network { no, yes }; // yes: TCP and UDP as a client; never a local socket, never a server
// Forbids new programs and processes, and sockets unless `network` is yes. Also forbids acts on other processes or the
// kernel that no tool of ours needs: tracing, signals to others, mounts, namespaces, other users, writing input into a
// terminal. Refused calls give EPERM. Returns what is not enforced and why; empty: all is enforced.
std::string confine(Network network);

struct Writable {
    Path path;
    // folder: everything below it; hooks: a folder from which git runs hooks, also in git's own folder, where nothing
    // else is ever written
    enum class What { file, folder, hooks } what = What::file;
};
// Allows changes of files at these paths only. An absent path may be created with its folders, so everything below the
// nearest existing folder may be changed. Returns the same as confine().
std::string confine_writes(const std::vector<Writable>& writable);

// Limits for a child from its first instruction: it starts no other program, changes nothing outside of one folder, and
// makes no connection. It may answer clients of its local sockets. It is made before the child, and the child only
// calls put_on().
class ChildHold {
  public:
    // `lacking`: what this kernel doesn't enforce and why; empty: all is enforced.
    static ChildHold make(const Path& program, const Path& folder, std::string& lacking);
    bool put_on() const; // permanently, in the child; uses only async-signal-safe calls

  private:
    Descriptor files_;                  // Landlock's rules
    std::vector<std::uint64_t> filter_; // seccomp's filter: struct sock_filter, 8 bytes each
};

// What this kernel could enforce; what_kernel_holds() asks the kernel, and changes nothing.
struct Holds {
    bool programs_and_network = false, files = false;
    std::string described; // "seccomp, Landlock 7"
};
Holds what_kernel_holds();

// Whether the build itself traces processes or writes files. AddressSanitizer looks for leaks from a process that
// traces ours; a coverage build (script/coverage) writes its counts to a file at the end.
#if defined(__SANITIZE_ADDRESS__) || defined(FAIRLEAD_COVERAGE)
inline constexpr bool sanitized = true;
#elif defined(__has_feature)
inline constexpr bool sanitized = __has_feature(address_sanitizer);
#else
inline constexpr bool sanitized = false;
#endif

}
