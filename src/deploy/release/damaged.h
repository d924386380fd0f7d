#pragma once
#include "base/result.h"
#include "sys/files/files.h"
#include <string>

// Error messages for a release's missing or damaged records.
namespace fairlead::deploy {

Error gone(const sys::Path& file);
// the record belongs to another release
Error of_another(const sys::Path& file, const std::string& release);

}
