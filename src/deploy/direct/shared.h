#pragma once
#include "deploy/layout.h"
#include "deploy/settings.h"
#include <string>

// The entries of target.shared: folders, which are created if missing, or files, which must exist.
namespace fairlead::deploy {

enum class SharedKind { folder, file };
// `word` is an entry of target.shared. Its kind is that of <root>/shared/<word> if it exists, or else that of its path
// in the release. Otherwise the name decides: with a slash at its end, or without a dot in its last part, it is a
// folder. Error (usage), with the way out: a file is missing, or it has different kinds in the two places.
Result<SharedKind> kind_of_shared(const Settings& settings, const Layout& layout, const std::string& word);
Result<void> check_shared(const Settings& settings, const Layout& layout); // checks all entries

std::string shared_path(const std::string& word); // without the slash at its end

}
