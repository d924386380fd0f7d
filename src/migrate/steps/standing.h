#pragma once
#include "migrate/files/folder.h"
#include "migrate/records/record.h"
#include "report/report.h"
#include <string>
#include <string_view>
#include <vector>

// How the files and what the database knows of them stand to each other.
namespace fairlead::migrate {

struct Step {
    const files::Migration* file = nullptr;  // nullptr: not on disk
    const records::Record* record = nullptr; // nullptr: nobody ever ran it
    bool is_changed = false;                 // since it was applied
    bool is_way_back_changed = false;        // of its own file, since then
    bool is_late = false;                    // pending, and a later one is applied
    bool is_applied() const { return record && record->is_done(); }
    bool is_open() const { return record && record->is_open(); } // begun outside of a transaction
    bool is_pending() const { return file && !is_applied() && !is_open(); }
    bool is_missing() const { return !file && record && (is_applied() || is_open()); }
    const std::string& version() const { return file ? file->version : record->version; }
    std::string label() const;
};

struct Standing {
    std::vector<Step> steps; // in order; what was taken back and has no file any more is left out
    std::string current;     // the highest that is applied; empty: none
    std::size_t count(bool (Step::*is)() const) const;
    std::vector<const Step*> pending(std::string_view phase) const; // begun ones, too; "": of both phases
    std::vector<const Step*> applied() const;                       // what was applied last comes first
    std::string counted() const;                                    // "at 3 totals: 3 applied, 1 pending"
};

Standing compare(const std::vector<files::Migration>& files, const std::vector<records::Record>& records);

// What must not be while something is applied: mig-edit-applied, migrate/missing, migrate/late, migrate/failed.
enum class Missing { warning, error };
enum class Late { allowed, refused };
std::vector<report::Finding> drift(const Standing& standing, Missing missing, Late late);

report::Finding open_finding(const Step& step); // of one that is half there: migrate/failed

}
