#pragma once
#include "base/result.h"
#include "config/rows.h"
#include "preflight/rows/row.h"
#include <string>
#include <string_view>
#include <vector>

// The format of rules as data. The program uses it to read a team's rows, the build to read our own (row_tables.cpp).
namespace fairlead::preflight {

const config::Rows<RuleRow>& rule_rows(); // the keys of a row

// Reads one of our own files, which has the format of a fairlead.yml.
Result<std::vector<RuleRow>> rows_in(std::string_view text, const std::string& file);

}
