#pragma once
#include <optional>
#include <string>

// Where a Python finds a module, by looking at files: asking the interpreter would run what the tree and its
// environment put into its way (sitecustomize.py, .pth files).
namespace fairlead::chain {

// In the folders of `python` (a name in PATH or a path), of its virtual environment, of the user, in PYTHONPATH and in
// `folder`, from where it is started. Nothing: in none of them.
std::optional<std::string> find_module(const std::string& python, const std::string& module, const std::string& folder);

}
