#pragma once
#include <string_view>

// What the path of a file, or its form, says about the values in it.
namespace fairlead::scan {

// A program writes the file: what looks random there is a digest far more often than a secret. `text` is looked at for
// minified code.
bool is_generated(std::string_view path, std::string_view text);

// A page of a manual (docs/, versioned_docs/), or the description of an API: written to be published, so a value under
// a telling name is a sample. A README is not meant.
bool is_manual(std::string_view path);

// A test, data for tests, a form to copy, or a package of somebody else (node_modules, vendor): a folder (tests, spec,
// fixtures, test_project) or a name (x_test.go, test_x.py, XTest.java, x.spec.ts, .env.example) says so.
bool is_sample(std::string_view path);

// A package of somebody else, as installed or copied.
bool is_package(std::string_view path);

// A source file of a programming language: a value without quotes is a name there.
bool is_code(std::string_view path);

}
