#pragma once
#include "sys/files/files.h"

// Locks a file under any name: its key is the device and inode, so hard links, bind mounts and other roots get the same
// lock. One process at a time has the lock. The kernel frees it when the process dies. The lock works among processes
// of one network namespace (of a machine, or of a container).
namespace fairlead::sys {

class IdentityLock {
  public:
    // `purpose` distinguishes locks: "migrate". Waits up to `wait`. Error (could_not), with the process that has the
    // lock. For an absent file, take() succeeds without a lock.
    static Result<IdentityLock> take(const Path& path, std::string_view purpose, Milliseconds wait);
    IdentityLock(IdentityLock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
    IdentityLock& operator=(IdentityLock&&) = delete;
    ~IdentityLock();

  private:
    explicit IdentityLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

}
