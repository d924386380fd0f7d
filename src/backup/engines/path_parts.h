#pragma once
#include "backup/engines/engine.h"
#include "backup/scratch.h"
#include <memory>
#include <optional>
#include <string>
#include <vector>

// A folder or a file with all that it holds, as a tar: what `path` and `volume` do alike.
namespace fairlead::backup {

constexpr std::string_view single = "file"; // the format of a path that is no folder

class PathDump : public Dump {
  public:
    // `stores`: what lies there within the folder is left out: a set would hold the sets before it.
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
// The set alone doesn't say where it goes: whoever writes to the store would choose. `key` of a source does.
Error no_original(const Part& part, std::string_view key);
Result<void> look_at_tar(const Part& part, sys::Source& plain);
Result<std::unique_ptr<Restore>> rehearse_tar(const Part& part);

}
