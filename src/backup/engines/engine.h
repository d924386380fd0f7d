#pragma once
#include "backup/manifest.h"
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

// What is backed up, by kind: one file here and one row of engines.cpp's table.
namespace fairlead::sys {
class Session;
}

namespace fairlead::backup {

struct World {
    const sys::Environment& variables;
    sys::Path folder; // where relative paths begin
    std::string pg_bin;
    bool show_progress = false;
    std::vector<sys::Path> stores = {}; // their folders on this machine: no part of what is backed up
    std::string verify_on =
        {}; // the variable with the URL of the server where a restore is rehearsed; empty: one of its own
    std::map<std::string, std::string> via = {}; // by source: where its programs run, "compose:db"
    std::string digests = "some";                // which tables' rows are summed up: none, some, all
    bool are_sets_signed = false;                // a set is opened only where a trusted key signed it
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

// One file of a set, on its way. `part` is known but for its figures and what only the writing tells.
class Dump {
  public:
    Dump() = default;
    Dump(const Dump&) = delete;
    Dump& operator=(const Dump&) = delete;
    virtual ~Dump() = default;
    virtual Result<void> write(sys::Sink& into) = 0; // once, to a good end; the sink is not closed

    Part part;
    std::string ending;    // of its name: "dump", "sql", "sqlite"
    bool is_empty = false; // there is nothing in it: no table
    bool is_final = false; // it failed so that a second attempt would hide it
    std::string unit = "table";
    std::string shown; // "postgresql://app@db:5432/shop"
};

enum class Overwrite { no, yes };

struct Aim {
    std::string to; // "original", a path, the name of a database, env:VARIABLE
    Overwrite overwrite = Overwrite::no;
    bool owners = true;   // objects get the owners and rights that they had
    bool globals = false; // roles that are missing are made before, as the set has them
    sys::TarReading::Privileges privileges = sys::TarReading::Privileges::dropped; // of files
    SystemTime now;
};

// A restore that is checked before its first byte, goes beside what is there, and takes its place at the end. Whatever
// changes the target passes may_change_target().
class Restore {
  public:
    Restore() = default;
    Restore(const Restore&) = delete;
    Restore& operator=(const Restore&) = delete;
    virtual ~Restore() = default; // what did not take its place is removed
    Result<void> take(sys::Source& plain);
    // Of a scratch place: what goes before it, such as roles.
    Result<void> take_before(const Part& globals, sys::Source& plain);
    virtual Result<std::vector<TableCount>> count() = 0; // exact, of what was restored
    // What of `catalog`, the text of a part of that format, is not so in what was restored; of PostgreSQL.
    virtual Result<std::vector<std::string>> compare(const std::string& catalog);
    // With what was restored, before it takes its place. Error (usage): it is no database.
    virtual Result<std::unique_ptr<sys::Session>> session();
    Result<std::string> put_in_place(); // what became of what was there; empty: there was nothing
    // Rights that the set asked for and did not get; of files.
    virtual Dropped dropped() const { return {}; }

    std::string shown;       // where it goes
    bool is_scratch = false; // a temporary place of our own, gone afterwards: no target of anybody's
    sys::Path replaces;      // a file, or a folder that moves away with all that it holds; empty: none does
    std::string act;         // "replaces the database shop": what is confirmed; empty: nothing is there yet

  private:
    virtual Result<void> fill(sys::Source& plain) = 0;
    virtual Result<void> fill_before(const Part&, sys::Source&) { return {}; }
    virtual Result<std::string> change_places() = 0;
};
// The one place that each restore passes before it changes anything: `shown` is its target.
Result<void> may_change_target(std::string_view shown);

class Engine {
  public:
    virtual ~Engine() = default;
    virtual std::string_view name() const = 0;
    // Those of one source, ready to be read: rights, versions and programs are checked. The first is the source itself.
    virtual Result<std::vector<std::unique_ptr<Dump>>> dumps(const SourceSettings& source,
                                                             const World& world) const = 0;
    // What killed restores left where the source is served, for doctor: "database shop_restore_9f1c2b3a".
    virtual Result<std::vector<std::string>> left_behind(const SourceSettings&, const World&) const {
        return std::vector<std::string>();
    }
    // Reads all of it: whether it is what such a dump is, beyond its checksum. Error: no.
    virtual Result<void> look_at(const Part& part, sys::Source& plain, const World& world) const = 0;
    virtual Result<std::unique_ptr<Restore>> restore(const Part& part, const SourceSettings& source, const Aim& aim,
                                                     const World& world) const = 0;
    // A place for a restore that is only looked at, and gone with it. `globals` of the same set go there before.
    virtual Result<std::unique_ptr<Restore>> rehearse(const Part& part, const World& world) const = 0;
};

// By the source's own word, else by its URL's. Error: usage.
Result<const Engine*> engine_of(const SourceSettings& source, const World& world);
Result<const Engine*> engine_named(std::string_view name); // as a manifest says; error: no

// In what the manifest says and what is there, table by table; empty: all are equal. Estimates are not compared.
std::vector<std::string> differences(const std::vector<TableCount>& wanted, const std::vector<TableCount>& found);

}
