#pragma once
#include "base/result.h"
#include "gate/source.h"
#include <string>

// The format of a report, told from its content; a name never decides.
namespace fairlead::gate {

struct Detected {
    std::string format; // "junit"; also of formats that are recognised but not read yet; empty: unknown
    bool empty = false; // nothing or only blanks
};

// Error: no when XML or JSON is malformed before its format shows; could_not from the file system.
Result<Detected> detect(const Source& source);

// The parts of it, on bytes that are known to be text, XML or JSON.
std::string detect_text(std::string_view head);

}
