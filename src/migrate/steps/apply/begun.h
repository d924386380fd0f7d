#pragma once
#include "migrate/files/folder.h"
#include "migrate/steps/pieces.h"
#include "migrate/steps/standing.h"
#include <string>
#include <vector>

// Decides whether a file that was begun outside of a transaction was corrected in an acceptable way since then.
namespace fairlead::migrate {

// Returns the checksums that the row of a begun migration may have, by the number of statements that ran (from 0). Each
// has 32 digits for the script and 32 digits for those statements.
std::vector<std::string> begun_checksums(const files::Script& script, const std::vector<Piece>& pieces);
// Returns the checksum for a refused statement that may have partly taken effect: the script's digits, then digits that
// no statements can have.
std::string unsure_checksum(const files::Script& script);

enum class Since {
    same,
    corrected, // only after the statements that ran; the refused statement left nothing behind
    changed,   // a statement that ran has changed, or the next statement may have run with its former text
};
// Judges the direction in the record. Error (no): the script can't be split.
Result<Since> since_begun(const Step& step, sql::Dialect dialect);

// Error (no): it was begun, some of its statements ran, and its file was changed since.
Result<void> check_unchanged(const Step& step, sql::Dialect dialect);

}
