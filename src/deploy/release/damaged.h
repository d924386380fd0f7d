#pragma once
#include "base/result.h"
#include "sys/files/files.h"
#include <string>

// What is said of a release's records that are not what they were.
namespace fairlead::deploy {

Error gone(const sys::Path& file);
Error of_another(const sys::Path& file, const std::string& release); // a record of that one lies in its place

}
