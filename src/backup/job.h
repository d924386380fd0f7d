#pragma once
#include "backup/commands.h"
#include "backup/engines/engine.h"
#include "backup/keys.h"
#include "backup/sets.h"
#include "backup/settings.h"
#include "backup/signing.h"
#include "backup/stores/store.h"
#include <memory>
#include <string>
#include <vector>

// What every command begins with: the settings with the flags laid over them, and the stores.
namespace fairlead::backup {

struct Job {
    std::string app, environment;
    Settings settings;
    World world;
    std::vector<std::unique_ptr<Store>> stores; // at least one, unless all sources are pgBackRest's
    Keys keys;
    Signing signing;
    sys::Clock& clock;
    Owner owner() const { return {app, environment}; }
    Store& store() const { return *stores.front(); }
    // Those that are asked for. Error (usage): one that fairlead.yml doesn't have.
    Result<std::vector<SourceSettings>> sources(const std::vector<std::string>& names) const;
    SourceSettings source_of(const Part& part) const; // as settings have it, else made up from the part
};

Result<Settings> settings_of(const Place& place, const Request& request);
// Where all sources are pgBackRest's, whose repositories its configuration names, commands that know them need no
// store.
enum class Stores { needed, of_sets };
enum class Content { opened, closed }; // closed: no set is opened, so nobody needs a passphrase or a key
Result<Job> begin(const Place& place, const Request& request, Stores stores = Stores::needed,
                  Content content = Content::opened);
// Error (usage): sets are to be encrypted, and for nobody: they would lie there in the clear.
Result<void> check_encrypts(const Place& place, const Job& job);
// Error (no): its first store has no set of the app, so that a look at it would be one at nothing.
Result<void> check_some(const Job& job);
// Of what the first store doesn't have, or doesn't tell: the error, and which of the others has it.
Error or_elsewhere(const Job& job, const std::string& id, Error error);
// Of the first store, judged; where it can't be asked the error says which other one has the latest.
Result<Found> list_first(const Job& job);
// Puts those first that were made last by what the sets say of one another, whatever the clocks said that gave them
// their names; a warning names those that differ. Reads a few manifests.
void order_by_chain(const Job& job, Store& store, Found& found);
// Of a store; ordered so if the latest is asked for.
Result<Found> list_for(const Job& job, Store& store, const std::string& id);
// Waits as asked; error (could_not) that names the holder: "fairlead-backup run on web1, process 4711".
Result<std::unique_ptr<Lease>> lock(Store& store, std::string_view command, Milliseconds wait);

// Its manifest, by whoever is trusted to make one. Error (no): it can't be read, was changed, is another app's than its
// name says, or nobody trusted signed it.
Result<Manifest> read_trusted(const Job& job, Store& store, const Set& set);
// And all of its objects are there, of their size.
Result<Manifest> open_trusted(const Job& job, Store& store, const Set& set);

// A set that nobody signed says what it is made by, and fairlead.yml what it should be made by: what differs is told.
void tell_other_format(const Job& job, const Part& part);

// What is read of a set's file: decrypted, unpacked, and at its end both checksums are those of the manifest, or the
// end is an error (no).
Result<std::unique_ptr<sys::Source>> open_part(const Job& job, const Part& part); // of the first store
Result<std::unique_ptr<sys::Source>> open_part(const Job& job, Store& store, const Part& part);

// What of a database is not as the set's catalogue of it says, in what was restored; beyond the counts. A set that has
// none is told.
Result<std::vector<std::string>> differences_of(const Job& job, const Manifest& manifest, const Part& part,
                                                Restore& restored);

// From the first store into all others that lack it, or have a damaged one.
struct Copying {
    std::vector<std::string> failed;   // "s3://bucket: …"
    std::vector<std::string> replaced; // stores whose copy was damaged
    bool is_read = false;              // so the first store's is whole
};
Copying copy_to_others(const Job& job, const Set& set, const Manifest& manifest, std::string_view command,
                       Milliseconds wait);

sys::Json shown(const Part& part);
sys::Json shown(const Set& set, const Job& job);

}
