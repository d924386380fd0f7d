#pragma once
#include "base/result.h"
#include <map>
#include <string>
#include <vector>

// Makes and pushes tags by git, as described in sys/git/program.h. No hook runs, not even pre-push. The user's own
// signing settings apply. Call refuse_settings() before.
namespace fairlead::sys {

struct NewTag {
    std::string name, commit; // v1.2.3, 40 hex digits
    std::string message;      // kept byte for byte
    bool sign = false;        // sign even if tag.gpgSign isn't set
};

std::vector<std::string> words_of(const NewTag& tag); // git's arguments: "tag", "-a", …

// Makes an annotated tag. Error (could_not), and no tag is made: git doesn't know our name (the message has the command
// that sets it), a required signature is missing (git before 2.40 makes the tag without it), or another error of git.
Result<void> make_tag(const std::string& work_tree, const NewTag& tag);

// Returns whether the tag lacks a signature that `sign` or tag.gpgSign asks for.
Result<bool> lacks_signature(const std::string& work_tree, const std::string& name, bool sign);

// Returns the commits of the remote's tags with these names ("v*" matches all tags that begin with v). Absent tags are
// left out.
Result<std::map<std::string, std::string>> remote_tags(const std::string& work_tree, const std::string& remote,
                                                       const std::vector<std::string>& names);

// Pushes only this tag, never by force. Error (could_not): git's message; the tag may have reached the remote anyway.
Result<void> push_tag(const std::string& work_tree, const std::string& remote, const std::string& name);

}
