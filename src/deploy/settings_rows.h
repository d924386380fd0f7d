#pragma once
#include "config/rows.h"
#include "deploy/settings.h"

// What fairlead.yml may say below `deploy:`, each key with its check.
namespace fairlead::deploy {

const config::Rows<Settings>& settings_rows();

}
