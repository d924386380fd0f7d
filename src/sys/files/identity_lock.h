#pragma once
#include "sys/files/files.h"

// One at a time holds a file, whatever it is called: hard links, bind mounts and other roots are the same one, as its
// device and inode are the key. The kernel frees it when its holder dies. It holds among processes of one network
// namespace (of a machine, or of a container).
namespace fairlead::sys {

class IdentityLock {
  public:
    // `purpose` tells locks apart: "migrate". Waits up to `wait`; error (could_not) names the holder's process. A file
    // that is absent has no other name: the lock is held by nobody then.
    static Result<IdentityLock> take(const Path& path, std::string_view purpose, Milliseconds wait);
    IdentityLock(IdentityLock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
    IdentityLock& operator=(IdentityLock&&) = delete;
    ~IdentityLock();

  private:
    explicit IdentityLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

}
