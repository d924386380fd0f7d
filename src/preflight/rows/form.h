#pragma once
#include "base/result.h"
#include "config/rows.h"
#include "preflight/rows/row.h"
#include <string>
#include <string_view>
#include <vector>

// The form of rules as data. The program reads a team's rows by it, the build our own (row_tables.cpp).
namespace fairlead::preflight {

const config::Rows<RuleRow>& rule_rows(); // the keys of a row

// Reads a file of ours, which is a fairlead.yml by its form.
Result<std::vector<RuleRow>> rows_in(std::string_view text, const std::string& file);

}
