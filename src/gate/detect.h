#pragma once
#include "base/result.h"
#include "gate/source.h"
#include <string>

// Finds the format of a report by its content, never by its name.
namespace fairlead::gate {

struct Detected {
    std::string format;      // "junit"; also a format that is recognised but can't be read yet; empty: unknown
    bool empty = false;      // there is nothing, or only blanks
    bool empty_list = false; // the JSON `[]`, which fits several formats
};

// Error (no): the XML or JSON is malformed before its format is clear. Error (could_not): from the file system.
Result<Detected> detect(const Source& source);

// Parts of detect(), for bytes that are known to be text, XML or JSON.
std::string detect_text(std::string_view head);

}
