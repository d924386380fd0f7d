#pragma once
#include "backup/manifest.h"
#include "backup/names.h"
#include "backup/stores/store.h"
#include <optional>
#include <span>
#include <string>
#include <vector>

// The sets of an app in a store, by the names of its objects alone: 10,000 of them are told without opening one.
namespace fairlead::backup {

struct Set {
    std::string id; // its stem
    Style style = Style::compat;
    Seconds time;
    std::string manifest; // its object's name; without one a set does not exist for anybody
    bool keep = false;    // somebody said that it stays
    bool begun = false;   // without a manifest: a run of ours is at it, or died; else it is no file of ours
    std::vector<Object> data;
    std::vector<Object> beside;              // manifest, verifications, keep, restores at work
    std::vector<std::string> after;          // as its manifest says (order_by_chain); mostly it isn't read
    SystemTime restoring = {};               // since when somebody restores it; long ago: it was killed
    std::vector<Verification> verifications; // those that count, oldest first: each that failed, and claims that do
    std::vector<Verification> claims;        // that passed, by their names, which whoever writes to the store may give
    bool has_unsigned = false;               // one of these no trusted key signed
    std::uint64_t bytes() const;             // of its data
    bool was_made_after(const Set& other) const;
    void count(const Verification& claim);
    // The last verification of that level or a higher one, when it passed, and none of any level failed after it.
    std::optional<Verification> verified(int level) const;
    // The last verification that failed, unless one of its level or a higher one passed since.
    std::optional<Verification> failed() const;
};

struct Found {
    std::vector<Set> sets;       // with a manifest, newest first
    std::vector<Set> unfinished; // without: a run that is at work, or died
    std::vector<Set> foreign;    // with a manifest, of another environment of the app, or of another app
    std::string app;             // whose was asked for
    std::string others;          // where there are no sets: whose the store has, "blog or shop --env production"
};
// No claim counts yet: list_judged() says which do.
Found find_sets(const std::vector<Object>& objects, const Owner& owner);

// What is before all names of the app in a store.
Result<Found> list_sets(Store& store, const Owner& owner);

// Of "latest" (of those that are not ahead; the others are named in a warning), an id, or the part of one that only one
// has; one of another environment only by its whole id, and none of another app. Error (usage): none, or several.
Result<const Set*> choose(const Found& found, const std::string& id, SystemTime now);
// Ids for the manifest of a set that is begun now: of sets whose names are later, and of the newest of the others.
std::vector<std::string> there_before(const Found& found, SystemTime started);
// Of a time that this clock has not reached: one of the two clocks was wrong, and nobody knows which set is newer.
bool is_ahead(const Set& set, SystemTime now);

// Of a whole set, under the lock: what a rotation of keys that was killed left beside its files, and its mark.
Result<void> tidy(Store& store, const Set& set, const Manifest& manifest);
Result<void> check_sizes(const Set& set, const Manifest& manifest);

}
