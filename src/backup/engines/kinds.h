#pragma once
#include "backup/engines/engine.h"
#include <string>
#include <vector>

// The engines; engines.cpp has their table.
namespace fairlead::backup {

const Engine& postgres_engine();
const Engine& sqlite_engine();
const Engine& path_engine();
const Engine& redis_engine();
const Engine& volume_engine();

}
