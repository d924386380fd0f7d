#pragma once
#include "deploy/layout.h"
#include "deploy/settings.h"
#include <string>

// What target.shared names: a folder, which is made where it isn't there, or a file, which has to be.
namespace fairlead::deploy {

enum class SharedKind { folder, file };
// `word` of target.shared. What lies below <root>/shared says what it is, else the release's folder, else the name: one
// that ends in a slash, or whose last part has no dot, is a folder's. Error (usage), with the way out: a file that
// nobody put there, or it is one thing there and another in the release.
Result<SharedKind> kind_of_shared(const Settings& settings, const Layout& layout, const std::string& word);
Result<void> check_shared(const Settings& settings, const Layout& layout); // all of them

std::string shared_path(const std::string& word); // without the slash at its end

}
