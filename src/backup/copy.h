#pragma once
#include "backup/manifest.h"
#include "backup/sets.h"
#include "backup/stores/store.h"
#include <string>

// A set from one store into another, byte for byte. Both are held by the caller.
namespace fairlead::backup {

struct Job;

// It gets its name only when its bytes are those that were written. Error (no): they are not.
Result<void> copy_part(Store& from, const Part& part, Store& into);

// Each file, to its end. Error (no): its bytes are not those of the manifest.
Result<void> check_stored(Store& store, const Manifest& manifest);

enum class Copied { now, was_there, replaced };

// Whole in `into`, or not there: its mark comes first, the manifest last, and what a killed copy left is swept before.
// A set that is there already is read to its end, and stays when it is the same; when it is damaged this one takes its
// place, once it was read itself. Error (no): what is read is not what the manifest says, or another set has that id
// there; nothing is kept then.
Result<Copied> copy_set(const Job& job, Store& from, const Set& set, const Manifest& manifest, Store& into);

}
