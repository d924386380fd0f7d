#pragma once
#include <optional>
#include <string>

// Finds a module of a Python installation by looking at files. Asking the interpreter would run code that the work tree
// and the virtual environment can provide (sitecustomize.py, .pth files).
namespace fairlead::chain {

// Searches the folders of `python` (a name in PATH or a path), its virtual environment, the user's folder, PYTHONPATH
// and `folder`, in which it is started. Nothing: not found.
std::optional<std::string> find_module(const std::string& python, const std::string& module, const std::string& folder);

}
