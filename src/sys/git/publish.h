#pragma once
#include "base/result.h"
#include <map>
#include <string>
#include <vector>

// Tags made and pushed by git, as sys/git/program.h says of it: hooks, pre-push among them, do not run; the user's
// own settings for signatures count. Call refuse_settings() before.
namespace fairlead::sys {

struct NewTag {
    std::string name, commit; // v1.2.3, 40 hex digits
    std::string message;      // kept byte for byte
    bool sign = false;        // even where tag.gpgSign doesn't ask for it
};

std::vector<std::string> words_of(const NewTag& tag); // of git: "tag", "-a", …

// Annotated. Errors (could_not), and no tag then: git doesn't know who makes it (with the command that tells it), a
// signature that was asked for is missing (git before 2.40 makes the tag without one), what git says.
Result<void> make_tag(const std::string& work_tree, const NewTag& tag);

// Whether a tag needs a signature that it has not: `sign`, or tag.gpgSign, asks for one.
Result<bool> lacks_signature(const std::string& work_tree, const std::string& name, bool sign);

// The commits to which the remote's tags of these names lead ("v*" any that begin so); those that it lacks are not in
// it.
Result<std::map<std::string, std::string>> remote_tags(const std::string& work_tree, const std::string& remote,
                                                       const std::vector<std::string>& names);

// That one reference, never by force. Error (could_not): what git says; the remote may have it by then.
Result<void> push_tag(const std::string& work_tree, const std::string& remote, const std::string& name);

}
