#pragma once
#include "base/result.h"
#include "report/report.h"
#include "sys/clock.h"
#include <string>
#include <vector>

// Whether files are what was released, and the statement that says so.
namespace fairlead::verify {

struct Request {
    std::vector<std::string> files;
    std::vector<std::string> keys; // PEM files: public ones to verify, private ones to sign
    std::string provenance;        // the signed statement; empty: the one beside the file
    std::string sums, lock;        // paths
    std::string predicate;         // to sign
};

// Every file against everything that is given: lists of sums, and with keys a statement that one of them signed. Fail,
// where one of these says no. Error: usage, when nothing is given to hold them against; could_not, when a file or a
// list can't be read.
Result<report::Report> verify(const Request& request, sys::Clock& clock);

// The names under which the statement about a file is looked for, in its folder: NAME.intoto.json, then that of its
// release, fairlead-VERSION.intoto.json.
std::vector<std::string> statement_names(const std::string& file);

// Writes the signed statement about the files, whose predicate is SLSA's provenance v1, to `provenance`; with
// `only_say` nothing is written. Error (usage): a key that isn't ours alone (0600), a predicate that is no object;
// `provenance` is one of the files that are read, or there and no signed statement.
enum class Act { write, only_say };
Result<report::Report> attest(const Request& request, Act act);

}
