#pragma once
#include "preflight/project.h"
#include <string>
#include <string_view>

// Reads what a project's pages, Makefiles and scripts say about a compose file.
namespace fairlead::preflight {

bool is_word_of_development(std::string_view word);        // local, dev, test
bool is_script_of_development(std::string_view file_name); // start-local.sh

// Returns whether a page starts the file in a part about deployment, or a script that isn't for development starts it.
bool is_started_elsewhere(const Project& project, const std::string& path);

struct Told {
    bool as_local = false;    // a page says that it is local, or starts it only in parts about local development
    bool as_deployed = false; // a page names it in a part about deployment, or deploy.sh or install.sh names it
};
Told told_of(const Project& project, const std::string& path);

}
