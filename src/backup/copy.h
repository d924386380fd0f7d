#pragma once
#include "backup/sets/manifest.h"
#include "backup/sets/sets.h"
#include "backup/stores/store.h"
#include <string>

// Copies a set from one store into another, byte for byte. The caller holds the locks of both stores.
namespace fairlead::backup {

struct Job;

// Copies one file. The copy gets its name only after its bytes were checked. Error (no): the
// bytes differ.
Result<void> copy_part(Store& from, const Part& part, Store& into);

// Reads each file to its end. Error (no): its bytes differ from the manifest.
Result<void> check_stored(Store& store, const Manifest& manifest);

enum class Copied { now, was_there, replaced };

// Copies a set completely or not at all. First removes the leftovers of a killed copy, then writes the mark STEM.begun;
// the manifest comes last. If `into` already has the set, reads that copy to its end. An intact copy is kept. A damaged
// copy is replaced, but first the set in `from` is read completely. Error (no): the bytes read differ from the
// manifest, or another set in `into` has the same id; then nothing is kept.
Result<Copied> copy_set(const Job& job, Store& from, const Set& set, const Manifest& manifest, Store& into);

}
