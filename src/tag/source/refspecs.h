#pragma once
#include <string>
#include <string_view>
#include <vector>

// Evaluates refspecs: what they fetch, and where they store it (git-fetch(1), "CONFIGURED REMOTE-TRACKING BRANCHES").
namespace fairlead::tag {

constexpr std::string_view heads_folder = "refs/heads/", remotes_folder = "refs/remotes/", tags_folder = "refs/tags/";

// Returns the folders where everything of `folder` ("refs/tags/") is stored: "refs/tags/", "refs/rtags/origin/".
std::vector<std::string> places_of(const std::vector<std::string>& refspecs, std::string_view folder);

// Returns folders below refs/tags/ that get another repository's tags under new names: "refs/tags/up/". Such tags don't
// belong to this repository.
std::vector<std::string> foreign_tags(const std::vector<std::string>& refspecs);

// Returns whether the refspecs fetch all tags, and store them as tags.
bool bring_tags(const std::vector<std::string>& refspecs);

bool bring_branches(const std::vector<std::string>& refspecs); // all branches, to any place
bool name_tags(const std::vector<std::string>& refspecs);      // some or all tags, to any place
bool name_some_tags(const std::vector<std::string>& refspecs); // some tags, but not all
// some are stored under a name; the rest is only in FETCH_HEAD
bool keep_any(const std::vector<std::string>& refspecs);

// Returns the refspec that excludes a part of `folder`: "^refs/tags/nightly*"; empty: there is no such refspec.
std::string left_out_by(const std::vector<std::string>& refspecs, std::string_view folder);

}
