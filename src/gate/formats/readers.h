#pragma once
#include "gate/evidence.h"
#include "gate/places.h"
#include "gate/source.h"
#include <span>
#include <string>

// One .cpp and one row here per format.
namespace fairlead::gate {

struct Reader {
    std::string_view format;
    // Fills what the report has. Error: no when it is malformed (with the place), could_not from the file system.
    Result<void> (*read)(const Source& source, const SourceTree& tree, Evidence& evidence);
};

std::span<const Reader> readers();
const Reader* find_reader(std::string_view format);

// Tells the format and reads; a report that is no evidence has a problem. Error: could_not, once a signal asked us to
// stop.
Result<Evidence> read_report(const Source& source, const SourceTree& tree);

Result<void> read_junit(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_lcov(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_cobertura(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_sarif(const Source& source, const SourceTree& tree, Evidence& evidence);

}
