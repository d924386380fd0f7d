#pragma once
#include "deploy/layout.h"
#include "deploy/place.h"
#include "deploy/release/sealed.h"
#include "deploy/world.h"
#include "sys/account.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Makes the releases below a direct target's root, from copying to sealing, and their shared folders.
namespace fairlead::deploy {

class Shelf {
  public:
    Shelf(const Layout& layout, const World& world) : layout_(layout), world_(world) {}

    // See Place::fetch. `running`: releases that run in a slot; their files stay unchanged.
    Result<void> fetch(const Release& release, const std::vector<std::string>& running);
    // Runs the commands in the release as target.user and seals the release.
    Result<void> prepare(const ReleaseInfo& release, const std::vector<std::vector<std::string>>& commands);
    // Error (no): its files differ from those that were sealed.
    Result<void> check(const ReleaseInfo& release);
    // Error (no): the target of a link to a shared file or folder is gone, or changed from a file to a folder or back.
    Result<void> check_links(const std::string& release) const;
    // changes since it was sealed, and the way out; empty: none
    Result<std::string> drift(const std::string& release) const;
    // data that the application wrote since it was sealed
    Result<AppData> app_data_in(const std::string& release) const;
    bool is_whole(const std::string& release) const;         // its folder is there, and nobody was making it
    Result<std::vector<std::string>> without_record() const; // whole releases
    Result<void> record_again() const;                       // records these releases in their current state
    Result<void> drop(const std::string& release) const;     // with its record
    const std::string& output() const { return output_; }    // of the last command
    // Removes the unfinished releases of a killed deployment. Recognises a release as unfinished by its mark, not by a
    // missing record.
    Result<void> remove_unfinished() const;
    // whether it is the name of a mark (Layout::building), by which the next fetch finds unfinished releases
    static bool is_mark(std::string_view name);

  private:
    // Returns the user of prepare and the application, if it isn't our own user.
    Result<std::optional<sys::User>> other_user() const;
    Result<void> make(const Release& release) const;
    // Renames the folder of a release into which the application wrote. Returns where it is; empty: nothing was
    // written.
    Result<std::string> set_aside(const std::string& id) const;
    Result<void> check_room(const Release& release) const;
    Result<void> end_earlier() const; // ends processes of a prepare whose deployment was killed
    Result<void> link_shared(const sys::Path& folder, const sys::User* user) const;
    Result<void> run(const std::vector<std::string>& argv, const ReleaseInfo& release);
    Result<void> seal(const ReleaseInfo& info);

    const Layout layout_;
    const World& world_;
    std::string output_;
    std::string made_of_; // the release that fetch made last
    std::vector<Entry> made_;
    std::string checked_; // the release that we sealed or checked; since then only its owner could change it
    std::string added_;   // files added to that release, in words
};

}
