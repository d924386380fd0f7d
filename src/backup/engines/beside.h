#pragma once
#include "base/result.h"
#include "base/time.h"
#include "sys/files/files.h"
#include <string>

// A restored file takes the place of the one that is there.
namespace fairlead::backup {

sys::Path beside_of(const sys::Path& target); // a new name in the same folder
// The name under which what was there is kept.
sys::Path before_of(const sys::Path& target, SystemTime now);
// `made` gets the target's name; a file that was there gives it its mode and owner, and is kept. What became of it;
// empty: there was none.
Result<std::string> replace_file(const sys::Path& made, const sys::Path& target, SystemTime now);

}
