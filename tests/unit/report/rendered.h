#pragma once
#include "report/formats.h"
#include <string>
#include <string_view>

namespace fairlead::test {

inline std::string rendered(const report::Report& given, std::string_view format) {
    return report::render(given, *report::find_format(format));
}

}
