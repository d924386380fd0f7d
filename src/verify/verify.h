#pragma once
#include "base/result.h"
#include "report/report.h"
#include "sys/clock.h"
#include <string>
#include <vector>

// Checks whether files are the released ones, and makes the statement that proves it.
namespace fairlead::verify {

struct Request {
    std::vector<std::string> files;
    std::vector<std::string> keys; // PEM files: public keys to verify, private keys to sign
    std::string provenance;        // the signed statement; empty: the one next to the file
    std::string sums, lock;        // paths
    std::string predicate;         // the predicate to sign
};

// Checks every file with all given means: lists of sums, and with keys also a statement that one of the keys signed.
// Verdict fail: one of these checks fails. Error (usage): there is nothing to check the files by. Error (could_not): a
// file or a list can't be read.
Result<report::Report> verify(const Request& request, sys::Clock& clock);

// Returns the names that a file's statement may have in its folder: NAME.intoto.json, then that of its release,
// fairlead-VERSION.intoto.json.
std::vector<std::string> statement_names(const std::string& file);

// Writes the signed statement about the files, with SLSA's provenance v1 as predicate, to `provenance`; with `only_say`
// writes nothing. Error (usage): a key that others can read (not 0600), a predicate that isn't an object; or
// `provenance` is one of the read files, or exists and isn't a signed statement.
enum class Act { write, only_say };
Result<report::Report> attest(const Request& request, Act act);

}
