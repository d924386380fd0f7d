#pragma once
#include "deploy/layout.h"
#include "deploy/place.h"
#include "deploy/world.h"
#include "sys/account.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The releases below a direct target's root, from the copy to the seal, and the folders that they share.
namespace fairlead::deploy {

class Shelf {
  public:
    Shelf(const Layout& layout, const World& world) : layout_(layout), world_(world) {}

    // As Target's. `running`: releases that a slot runs; their files stay as they are.
    Result<void> fetch(const Release& release, const std::vector<std::string>& running);
    // Runs the commands in the release as target.user and seals it.
    Result<void> prepare(const ReleaseInfo& release, const std::vector<std::vector<std::string>>& commands);
    // Error (no): its files are not what was sealed.
    Result<void> check(const ReleaseInfo& release);
    Result<std::string> drift(const std::string& release) const; // empty: none
    Result<std::vector<std::string>> without_record() const;     // sealed releases
    Result<void> record_again() const;                           // those, as they are now
    Result<void> drop(const std::string& release) const;         // with its record
    const std::string& output() const { return output_; }        // of the command that ran last
    // What a deployer that was killed had begun: by its mark, never for want of a record.
    Result<void> remove_unfinished() const;
    static bool is_mark(std::string_view name); // of layout.building(), which whoever fetches next goes by

  private:
    // The user of prepare and the application where that is not who we are.
    Result<std::optional<sys::User>> other_user() const;
    Result<void> make(const Release& release) const;
    Result<void> check_room(const Release& release) const;
    Result<void> end_earlier() const; // what still runs of a prepare whose deployer was killed
    Result<void> link_shared(const sys::Path& folder, const sys::User* user) const;
    Result<void> run(const std::vector<std::string>& argv, const ReleaseInfo& release);
    Result<void> seal(const ReleaseInfo& info);

    const Layout layout_;
    const World& world_;
    std::string output_;
    std::string made_of_; // the release that fetch made last, where prepare has nothing to add
    std::vector<Entry> made_;
    std::string checked_; // the release that we sealed or compared: since then only its owner could change it
};

}
