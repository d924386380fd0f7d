#pragma once
#include "base/result.h"
#include "deploy/compose/cli.h"
#include "sys/environment.h"
#include <string>

namespace fairlead::deploy {

// Where the compose files say that of the service: of `key`, else of its name; no place: they don't, or can't be read.
// What a variable of ours or a base file makes of a value moves no line.
fairlead::Place where_in_compose(const ComposeFiles& files, const std::string& service, const std::string& key);

}
