#pragma once
#include "base/result.h"
#include <string>
#include <vector>

// Database migrations of a release, by fairlead-migrate beside us. It takes the lock of the database itself, and what
// is applied already it leaves alone: each of these may be done again.
namespace fairlead::deploy {

struct ReleaseInfo; // deploy/release/release.h
struct World;       // deploy/world.h

// expand: what the old release can live with, so it runs before the switch; contract: what only the new one can.
enum class Phase { expand, contract };
std::string name_of(Phase phase);

// That fairlead-migrate is here, and the release will have a fairlead.yml. Error: of the kind of what it says.
Result<void> check_migrate(const World& world);
Result<void> check_migrate_program();

class Migrate {
  public:
    // `folder`: of the prepared release, where it runs; empty: that of fairlead.yml. `config`: the fairlead.yml that
    // says where the migrations are; empty: the folder's.
    Migrate(const World& world, const ReleaseInfo& release, std::string folder, std::string config = "");

    // Versions, in their order. `limit`: how long somebody waits for that.
    Result<std::vector<std::string>> pending(Phase phase) const;
    // Errors: no, usage and could_not as it ends with 1, 2 and more.
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
