#pragma once
#include "backup/engines/engine.h"
#include "backup/scratch.h"
#include <memory>
#include <optional>
#include <string>
#include <vector>

// A folder with its whole content, or a file, as a tar. `path` and `volume` share this code.
namespace fairlead::backup {

constexpr std::string_view single = "file"; // the format of a path that is a file

class PathDump : public Dump {
  public:
    // Leaves out the folders of `stores` that are within the path: otherwise a set would contain earlier sets.
    PathDump(sys::Path path, std::vector<std::string> exclude, const std::vector<sys::Path>& stores = {});
    Result<void> write(sys::Sink& into) override;

  private:
    void tell(const std::vector<std::string>& paths, std::string_view what);

    sys::Path path_;
    std::vector<std::string> exclude_, own_;
};

class PathRestore : public Restore {
  public:
    PathRestore(sys::Path target, const Part& part, const Aim& aim);
    Result<void> fill(sys::Source& plain) override;
    Result<std::vector<TableCount>> count() override { return std::vector<TableCount>(); }
    Result<std::string> change_places() override;

    Dropped dropped() const override { return dropped_; }

  private:
    Result<void> unpack(sys::Source& plain);
    Result<std::string> swap();
    sys::Path target_;
    std::optional<Beside> beside_;
    std::string file_;
    bool is_single_;
    Aim aim_;
    Dropped dropped_;
};

bool has_something(const sys::Path& path, const sys::FileInfo& there);
// Returns the error that the source's `key` in fairlead.yml must name the place to restore to. A set can't name it,
// because anybody who may write to the store could then choose the place.
Error no_original(const Part& part, std::string_view key);
Result<void> look_at_tar(const Part& part, sys::Source& plain);
Result<std::unique_ptr<Restore>> rehearse_tar(const Part& part);

}
