#pragma once
#include "backup/commands.h"
#include "backup/engines/engine.h"
#include "backup/keys.h"
#include "backup/sets/sets.h"
#include "backup/settings.h"
#include "backup/signing.h"
#include "backup/stores/store.h"
#include <memory>
#include <string>
#include <vector>

// The common start of all commands: the settings, with the command line's flags applied to them, and the stores.
namespace fairlead::backup {

struct Job {
    std::string app, environment;
    Settings settings;
    World world;
    std::vector<std::unique_ptr<Store>> stores; // at least one, unless pgBackRest makes the backups of all sources
    Keys keys;
    Signing signing;
    sys::Clock& clock;
    Owner owner() const { return {app, environment}; }
    Store& store() const { return *stores.front(); }
    // Returns the sources with these names. Error (usage): fairlead.yml has no source with one of the names.
    Result<std::vector<SourceSettings>> sources(const std::vector<std::string>& names) const;
    SourceSettings source_of(const Part& part) const; // as in the settings, or else made from the part
};

Result<Settings> settings_of(const Place& place, const Request& request);
// Whether a command always needs a store. of_sets: it needs a store only for sets; pgBackRest's own configuration names
// the repositories of pgBackRest's sources.
enum class Stores { needed, of_sets };
enum class Content { opened, closed }; // closed: no set is opened, so no passphrase or key is needed
Result<Job> begin(const Place& place, const Request& request, Stores stores = Stores::needed,
                  Content content = Content::opened);
// Error (usage): sets should be encrypted, but no recipient is set, so they would be stored unencrypted.
Result<void> check_encrypts(const Place& place, const Job& job);
// Error (no): the first store has no set of the app, so there is nothing to look at.
Result<void> check_some(const Job& job);
// Returns the error for a set that the first store doesn't have or can't list, and adds which other store has the set.
Error or_elsewhere(const Job& job, const std::string& id, Error error);
// Lists and judges the sets of the first store. If that store can't be read, the error names another store that has the
// latest set.
Result<Found> list_first(const Job& job);
// Sorts the sets newest first. Manifests list the sets before them; this counts more than the times in the names,
// because clocks may be wrong. A warning names the sets whose position changes. Reads a few manifests.
void order_by_chain(const Job& job, Store& store, Found& found);
// Lists the sets of a store; if `id` is "latest", also calls order_by_chain().
Result<Found> list_for(const Job& job, Store& store, const std::string& id);
// Waits up to `wait`. Error (could_not) names the holder of the lock: "fairlead-backup run on web1, process 4711".
Result<std::unique_ptr<Lease>> lock(Store& store, std::string_view command, Milliseconds wait);

// Reads the manifest of a set. Error (no): the manifest can't be read, was changed, belongs to a different app than its
// name says, or is not signed by a trusted key.
Result<Manifest> read_trusted(const Job& job, Store& store, const Set& set);
// Like read_trusted(), and also checks that all objects of the set are there with the right sizes.
Result<Manifest> open_trusted(const Job& job, Store& store, const Set& set);

// Warns if an unsigned PostgreSQL dump has a different format than fairlead.yml says.
void tell_other_format(const Job& job, const Part& part);

// Opens a file of a set and returns its decrypted, unpacked content. At its end both checksums are compared with the
// manifest; a difference is Error (no).
Result<std::unique_ptr<sys::Source>> open_part(const Job& job, const Part& part); // from the first store
Result<std::unique_ptr<sys::Source>> open_part(const Job& job, Store& store, const Part& part);

// Returns the differences between a restored database and its catalogue in the set, apart from the numbers of rows.
// Warns if the set has no catalogue.
Result<std::vector<std::string>> differences_of(const Job& job, const Manifest& manifest, const Part& part,
                                                Restore& restored);

// Result of a copy from the first store into all other stores that lack the set or have a damaged copy.
struct Copying {
    std::vector<std::string> failed;   // "s3://bucket: …"
    std::vector<std::string> replaced; // stores whose copy was damaged
    bool is_read = false;              // the set was read completely, so the first store's copy is intact
};
Copying copy_to_others(const Job& job, const Set& set, const Manifest& manifest, std::string_view command,
                       Milliseconds wait);

sys::Json shown(const Part& part);
sys::Json shown(const Set& set, const Job& job);

}
