#pragma once
#include <string>
#include <string_view>
#include <vector>

// What refspecs bring, and where they put it (git-fetch(1), "CONFIGURED REMOTE-TRACKING BRANCHES").
namespace fairlead::tag {

constexpr std::string_view heads_folder = "refs/heads/", remotes_folder = "refs/remotes/", tags_folder = "refs/tags/";

// The folders in which all that lies in `folder` ("refs/tags/") is put: "refs/tags/", "refs/rtags/origin/".
std::vector<std::string> places_of(const std::vector<std::string>& refspecs, std::string_view folder);

// Folders of refs/tags/ into which they put somebody's tags under other names: "refs/tags/up/". Those are no tags of
// the repository.
std::vector<std::string> foreign_tags(const std::vector<std::string>& refspecs);

// Whether they bring all tags, and as tags.
bool bring_tags(const std::vector<std::string>& refspecs);

bool bring_branches(const std::vector<std::string>& refspecs); // all of them, wherever to
bool name_tags(const std::vector<std::string>& refspecs);      // some or all, wherever to
bool name_some_tags(const std::vector<std::string>& refspecs); // some, and not all of them
bool keep_any(const std::vector<std::string>& refspecs);       // under some name; the others end in FETCH_HEAD

// The one that leaves some of `folder` out: "^refs/tags/nightly*"; empty: there is none.
std::string left_out_by(const std::vector<std::string>& refspecs, std::string_view folder);

}
