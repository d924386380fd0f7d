#pragma once
#include "backup/manifest.h"
#include "backup/sets.h"
#include "backup/stores/store.h"
#include <string>

// A set from one store into another, byte for byte. Both are held by the caller.
namespace fairlead::backup {

// It gets its name only when its bytes are those that were written. Error (no): they are not.
Result<void> copy_part(Store& from, const Part& part, Store& into);

enum class Copied { now, was_there };

// Whole in `into`, or not there: its mark comes first, the manifest last, and what a killed copy left is swept before.
// A set that is there already stays, when it is the same. Error (no): what is read is not what the manifest says, or
// another set has that id there; nothing is kept then.
Result<Copied> copy_set(Store& from, const Set& set, const Manifest& manifest, Store& into, const Owner& owner);

}
