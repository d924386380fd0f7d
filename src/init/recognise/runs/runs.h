#pragma once
#include "init/recognise/recogniser.h"

// What a component runs beside its server, what it reads of its environment, and where its data lie: the same in every
// language.
namespace fairlead::init {

// Fills in `processes` from Procfile, the compose file and package.json; adds Procfile's release line to `prepare`, and
// says of each process that can't be started what to write by hand.
void add_processes(Folder& folder, Component& component);
// Fills in `variables` from the sources, and adds those to `secrets` that no release can do without.
void add_variables(Folder& folder, Component& component);
// Fills in `data` from `services`, the manifests and the compose file.
void add_data(Folder& folder, Component& component);
// Returns whether a variable of that name holds a secret or an address with one (hints.cpp).
bool is_secret_variable(std::string_view name);
// Returns "requirements.txt:3": the first line of the folder's manifests that names the word; empty: none does.
std::string line_naming(Folder& folder, std::string_view word);

}
