#pragma once
#include "backup/sets/manifest.h"
#include "backup/sets/sets.h"
#include "backup/stores/store.h"
#include <string>

// Copies a set from one store into another, byte for byte. The caller holds the locks of both stores.
namespace fairlead::backup {

struct Job;

// Copies one file. The copy gets its name only after a check that its bytes are right. Error (no): the
// bytes differ.
Result<void> copy_part(Store& from, const Part& part, Store& into);

// Reads each file to its end. Error (no): its bytes differ from the manifest.
Result<void> check_stored(Store& store, const Manifest& manifest);

enum class Copied { now, was_there, replaced };

// Copies a set: afterwards it is complete in `into`, or not there. First removes the leftovers of a killed copy, then
// writes the mark STEM.begun; the manifest comes last. If the set is already in `into`, reads it to its end and keeps
// it if it is the same. If that copy is damaged, replaces it, after reading the set in `from`. Error (no): the bytes
// read differ from the manifest, or another set in `into` has the same id; then nothing is kept.
Result<Copied> copy_set(const Job& job, Store& from, const Set& set, const Manifest& manifest, Store& into);

}
