#pragma once
#include "config/rows.h"
#include "smoke/check.h"

// One entry of `checks:` in fairlead.yml.
namespace fairlead::smoke {

const config::Rows<Check>& check_rows();

}
