#pragma once
#include "base/result.h"
#include <string>
#include <vector>

// Runs a release's database migrations with the program fairlead-migrate from our own folder. It takes the database's
// lock itself and skips applied migrations, so each call may be repeated.
namespace fairlead::deploy {

struct ReleaseInfo; // deploy/release/release.h
struct World;       // deploy/world.h

// expand: the old release is compatible with these migrations, so they run before the switch. contract: only the new
// release is.
enum class Phase { expand, contract };
std::string name_of(Phase phase);

// Checks that fairlead-migrate is here, and that the release will have a fairlead.yml. Error (could_not): the program
// is missing. Error (usage): the release has no fairlead.yml.
Result<void> check_migrate(const World& world);
Result<void> check_migrate_program();

class Migrate {
  public:
    // `folder`: the prepared release's folder, where it runs; empty: the folder of fairlead.yml. `config`: the
    // fairlead.yml that names the migrations; empty: that of the folder.
    Migrate(const World& world, const ReleaseInfo& release, std::string folder, std::string config = "");

    // Returns the versions in their order.
    Result<std::vector<std::string>> pending(Phase phase) const;
    // Error: no for exit status 1, usage for 2, could_not for a higher status.
    Result<void> up(Phase phase, const std::vector<std::string>& versions) const;
    Result<void> down(const std::string& to) const;

  private:
    struct Said {
        int status = 0;
        std::string out, err;
    };
    Result<Said> run(std::vector<std::string> words, bool acts) const;

    const World& world_;
    const ReleaseInfo& release_;
    std::string folder_, config_;
};

}
