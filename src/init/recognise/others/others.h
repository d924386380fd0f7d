#pragma once
#include "init/recognise/recogniser.h"

// Languages and task runners of which only the usual commands are known: install, test, and the report where the
// runner writes one.
namespace fairlead::init {

bool describe_ruby(Folder& folder, Component& component);
bool describe_php(Folder& folder, Component& component);
bool describe_dotnet(Folder& folder, Component& component);
bool describe_elixir(Folder& folder, Component& component);
bool describe_bazel(Folder& folder, Component& component);
bool describe_just(Folder& folder, Component& component); // only where nothing else is recognised
bool describe_task(Folder& folder, Component& component); // the same

}
