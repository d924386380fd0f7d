#pragma once
#include "config/rows.h"
#include "deploy/settings.h"

// The keys that fairlead.yml may have below `deploy:`, each with its check.
namespace fairlead::deploy {

const config::Rows<Settings>& settings_rows();

}
