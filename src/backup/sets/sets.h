#pragma once
#include "backup/sets/manifest.h"
#include "backup/sets/names.h"
#include "backup/stores/store.h"
#include <optional>
#include <span>
#include <string>
#include <vector>

// The backup sets of an app in a store, found by the names of the store's objects alone: 10,000 sets can be listed
// without opening an object.
namespace fairlead::backup {

struct Set {
    std::string id; // the stem of its objects' names
    Style style = Style::compat;
    Seconds time;
    std::string manifest; // name of the manifest object; a set without a manifest doesn't count as a set
    bool keep = false;    // a user marked it with keep
    // has the mark STEM.begun. With the mark but without a manifest, one of our runs is making the set, or was killed.
    // Without both, the files are not ours.
    bool begun = false;
    std::vector<Object> data;
    std::vector<Object> beside;              // manifest, verifications, keep mark, marks of running restores
    std::vector<std::string> after;          // the older sets that its manifest names; filled only by order_by_chain()
    SystemTime restoring = {};               // start of a restore of this set; if long ago, the restore was killed
    std::vector<Verification> verifications; // valid verifications (failures and accepted claims), oldest first
    // passed verifications by their object names, not yet checked; anybody who may write to the store can make such a
    // name
    std::vector<Verification> claims;
    bool has_unsigned = false;   // at least one claim is not signed by a trusted key
    std::string fault;           // what is wrong with the manifest; empty: nothing, or it wasn't read
    std::uint64_t bytes() const; // of its data
    bool was_made_after(const Set& other) const;
    void count(const Verification& claim);
    // Returns the last passed verification of at least that level. Nothing if a verification of any level failed after
    // it.
    std::optional<Verification> verified(int level) const;
    // Returns the last failed verification. Nothing if a verification of at least its level passed after it.
    std::optional<Verification> failed() const;
};

struct Found {
    std::vector<Set> sets;       // with a manifest, newest first
    std::vector<Set> unfinished; // without a manifest: their run is still at work, or was killed
    std::vector<Set> foreign;    // with a manifest, of another environment of the app, or of another app
    std::string app;             // the app that was asked for
    std::string others; // if there are no sets: the owners of the store's sets, "blog or shop --env production"
};
// Sorts objects into sets. Accepts no claims: list_judged() decides which claims are valid.
Found find_sets(const std::vector<Object>& objects, const Owner& owner);

// Lists all objects of the store and returns the sets of `owner` (see find_sets). If there are none, `others` names the
// owners of the sets that the store has.
Result<Found> list_sets(Store& store, const Owner& owner);

// Returns the set that `id` names: "latest", a whole id, or a part of an id that only one set has. "latest" skips sets
// with a time in the future and names them in a warning. A set of another environment is found only by its whole id, a
// set of another app never. Error (usage): no set matches, or several do.
Result<const Set*> choose(const Found& found, const std::string& id, SystemTime now);
// Returns Manifest::after for a set that is begun now: the ids of all sets whose names have a later time than
// `started`, and of the newest other set.
std::vector<std::string> there_before(const Found& found, SystemTime started);
// Whether the set's time is more than 5 minutes ahead of `now`. Then this clock or the clock that named the set is
// wrong, and nobody knows which set is newer.
bool is_ahead(const Set& set, SystemTime now);

// For a complete set, while the lock is held: removes the files that a killed key rotation left next to the set's
// files, and then the rotation's mark (STEM.begun).
Result<void> tidy(Store& store, const Set& set, const Manifest& manifest);
Result<void> check_sizes(const Set& set, const Manifest& manifest);

}
