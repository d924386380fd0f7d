#pragma once
#include "migrate/files/folder.h"
#include "migrate/steps/pieces.h"
#include "migrate/steps/standing.h"
#include <string>
#include <vector>

// Whether a file that was begun outside of a transaction may have been corrected since.
namespace fairlead::migrate {

// What the row of a begun one keeps as its checksum, by how many statements ran (from 0): 32 digits of the script's, 32
// of those statements'.
std::vector<std::string> begun_checksums(const files::Script& script, const std::vector<Piece>& pieces);
// Where part of what was refused may be there: none of those above behind the script's digits.
std::string unsure_checksum(const files::Script& script);

enum class Since {
    same,
    corrected, // behind what ran; the statement that stopped it was refused, so nothing of that is there
    changed,   // what ran reads otherwise now, or nobody knows whether the next statement ran as it stood then
};
// Of the way that the row tells. Error (no): the script can't be split.
Result<Since> since_begun(const Step& step, sql::Dialect dialect);

// Error (no): it was begun, some of it ran, and its file is another one now.
Result<void> check_unchanged(const Step& step, sql::Dialect dialect);

}
