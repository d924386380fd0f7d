#pragma once
#include "migrate/files/folder.h"
#include "migrate/records/record.h"
#include "report/report.h"
#include <string>
#include <string_view>
#include <vector>

// Compares the migration files with the database's records.
namespace fairlead::migrate {

struct Step {
    const files::Migration* file = nullptr;  // nullptr: there is no file
    const records::Record* record = nullptr; // nullptr: it was never run
    bool is_changed = false;                 // the file was changed since it was applied
    bool is_way_back_changed = false;        // the separate file that reverts it was changed since then
    bool is_late = false;                    // pending, although a later migration is applied
    bool is_applied() const { return record && record->is_done(); }
    bool is_open() const { return record && record->is_open(); } // begun outside of a transaction
    bool is_pending() const { return file && !is_applied() && !is_open(); }
    bool is_missing() const { return !file && record && (is_applied() || is_open()); }
    const std::string& version() const { return file ? file->version : record->version; }
    std::string label() const;
};

struct Standing {
    std::vector<Step> steps; // in order, without reverted migrations that have no file any more
    std::string current;     // the highest applied version; empty: no version is applied
    std::size_t count(bool (Step::*is)() const) const;
    std::vector<const Step*> pending(std::string_view phase) const; // includes begun migrations; "": of both phases
    std::vector<const Step*> applied() const;                       // the migration that was applied last comes first
    std::string counted() const;                                    // "at 3 totals: 3 applied, 1 pending"
};

Standing compare(const std::vector<files::Migration>& files, const std::vector<records::Record>& records);

// Returns findings about applied migrations that differ from their files: mig-edit-applied, migrate/missing,
// migrate/late, migrate/failed.
enum class Missing { warning, error };
enum class Late { allowed, refused };
std::vector<report::Finding> drift(const Standing& standing, Missing missing, Late late);

report::Finding open_finding(const Step& step); // migrate/failed, for a migration that is half applied

}
