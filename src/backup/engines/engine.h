#pragma once
#include "backup/sets/manifest.h"
#include "backup/settings.h"
#include "base/dropped.h"
#include "sys/environment.h"
#include "sys/files/files.h"
#include "sys/stream/stream.h"
#include "sys/stream/tar.h"
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// Kinds of backed-up data. Each kind has one file here and one row in engines.cpp's table.
namespace fairlead::sys {
class Session;
}

namespace fairlead::backup {

struct World {
    const sys::Environment& variables;
    sys::Path folder; // the start of relative paths
    std::string pg_bin;
    bool show_progress = false;
    std::vector<sys::Path> stores = {}; // the stores' folders on this machine: they are not backed up
    std::string verify_on =
        {}; // the variable with the URL of the server where a restore is rehearsed; empty: a temporary server
    std::map<std::string, std::string> via = {}; // by source: where its programs run, "compose:db"
    std::string digests = "some";                // which tables' rows get a checksum: none, some, all
    bool are_sets_signed = false;                // a set is opened only if a trusted key signed it
    std::string via_of(std::string_view part) const;
    World with(const sys::Environment& others) const {
        return {.variables = others,
                .folder = folder,
                .pg_bin = pg_bin,
                .show_progress = show_progress,
                .stores = stores,
                .verify_on = verify_on,
                .via = via,
                .digests = digests,
                .are_sets_signed = are_sets_signed};
    }
};

// A file of a set that is being made. `part` is filled in, except for values that are only known after writing, such as
// sizes.
class Dump {
  public:
    Dump() = default;
    Dump(const Dump&) = delete;
    Dump& operator=(const Dump&) = delete;
    virtual ~Dump() = default;
    virtual Result<void> write(sys::Sink& into) = 0; // call once; writes everything, or fails; leaves the sink open

    Part part;
    std::string ending;    // of its file's name: "dump", "sql", "sqlite"
    bool is_empty = false; // the source has no content, such as no table
    bool is_final = false; // after a failure: don't try again, because a second attempt would hide the failure
    std::string unit = "table";
    std::string shown; // "postgresql://app@db:5432/shop"
};

enum class Overwrite { no, yes };

struct Aim {
    std::string to; // "original", a path, the name of a database, env:VARIABLE
    Overwrite overwrite = Overwrite::no;
    bool owners = true;   // objects get their former owners and rights
    bool globals = false; // the set's roles that are missing are created first
    sys::TarReading::Privileges privileges = sys::TarReading::Privileges::dropped; // for files
    SystemTime now;
};

// A restore. It is checked before its first byte, is made next to the existing data, and replaces that data at the end.
// Call may_change_target() before each change of the target.
class Restore {
  public:
    Restore() = default;
    Restore(const Restore&) = delete;
    Restore& operator=(const Restore&) = delete;
    virtual ~Restore() = default; // removes restored data that was not put in place
    Result<void> take(sys::Source& plain);
    // Only for a scratch place: restores a part that must exist before the data, such as roles.
    Result<void> take_before(const Part& globals, sys::Source& plain);
    virtual Result<std::vector<TableCount>> count() = 0; // exact numbers of rows in the restored data
    // Returns the differences between the restored data and `catalog`, the content of the set's part with format
    // "catalog". Only for PostgreSQL.
    virtual Result<std::vector<std::string>> compare(const std::string& catalog);
    // Opens a session with the restored data before it is put in place. Error (usage): it is not a database.
    virtual Result<std::unique_ptr<sys::Session>> session();
    Result<std::string> put_in_place(); // says where the previous data is now; empty: there was no previous data
    // Rights that the set asked for and did not get. Only for files.
    virtual Dropped dropped() const { return {}; }

    std::string shown;       // the target, for messages
    bool is_scratch = false; // a temporary place of our own, deleted afterwards
    sys::Path replaces;      // the existing file or folder that is moved away; empty: nothing is moved
    std::string act;    // what the user confirms: "replaces the database shop"; empty: the target doesn't exist yet
    std::string misfit; // why the set can't be restored to the target; empty: it can

  private:
    virtual Result<void> fill(sys::Source& plain) = 0;
    virtual Result<void> fill_before(const Part&, sys::Source&) { return {}; }
    virtual Result<std::string> change_places() = 0;
};
// Every restore calls this before it changes anything. `shown` is its target.
Result<void> may_change_target(std::string_view shown);

class Engine {
  public:
    virtual ~Engine() = default;
    virtual std::string_view name() const = 0;
    // Checks rights, versions and programs, and returns the dumps of one source, ready to be read. The first dump has
    // the source's data; further dumps have roles or the catalogue, for example.
    virtual Result<std::vector<std::unique_ptr<Dump>>> dumps(const SourceSettings& source,
                                                             const World& world) const = 0;
    // For doctor: returns the leftovers of killed restores on the source's server: "database shop_restore_9f1c2b3a".
    virtual Result<std::vector<std::string>> left_behind(const SourceSettings&, const World&) const {
        return std::vector<std::string>();
    }
    // Reads the whole dump and checks its format, in addition to its checksum. Error: it is not such a dump.
    virtual Result<void> look_at(const Part& part, sys::Source& plain, const World& world) const = 0;
    virtual Result<std::unique_ptr<Restore>> restore(const Part& part, const SourceSettings& source, const Aim& aim,
                                                     const World& world) const = 0;
    // Returns a temporary place for a restore that is only checked; the destructor deletes it. The set's `globals` are
    // restored there first.
    virtual Result<std::unique_ptr<Restore>> rehearse(const Part& part, const World& world) const = 0;
};

// Returns the engine that the source names, or else that of its URL. Error: usage.
Result<const Engine*> engine_of(const SourceSettings& source, const World& world);
Result<const Engine*> engine_named(std::string_view name); // `name` is from a manifest; error: no

// Returns the differences in the tables' row counts between the manifest and the restored data; empty: all are equal.
// Estimates are not compared.
std::vector<std::string> differences(const std::vector<TableCount>& wanted, const std::vector<TableCount>& found);

}
