#pragma once
#include "preflight/run.h"
#include <string>

// Runs `fairlead-preflight sign ITEM --evidence WHAT`: writes a person's statement into the repository, to be
// committed.
namespace fairlead::preflight {

Result<void> check_sign(const Request& request); // usage
std::string sign_folder();                       // the folder that it changes, with '/' at the end
Result<report::Report> sign_items(const Request& request, const Surroundings& around);

}
