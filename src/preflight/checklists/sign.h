#pragma once
#include "preflight/run.h"
#include <string>

// `fairlead-preflight sign ITEM --evidence WHAT`: a person's word, in the repository, to be committed.
namespace fairlead::preflight {

Result<void> check_sign(const Request& request); // usage
std::string sign_folder();                       // what it changes, with '/' at the end
Result<report::Report> sign_items(const Request& request, const Surroundings& around);

}
