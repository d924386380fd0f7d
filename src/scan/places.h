#pragma once
#include <string_view>

// Judges the values in a file by the file's path or form.
namespace fairlead::scan {

// Returns whether a program wrote the file, so that a random value is far more often a digest than a secret. `text` is
// used to recognise minified code.
bool is_generated(std::string_view path, std::string_view text);

// A page of a manual (docs/, versioned_docs/), or the description of an API: written to be published, so a value under
// a telling name is a sample. False for a README.
bool is_manual(std::string_view path);

// A test, data for tests, a form to copy, or a package of somebody else (node_modules, vendor): a folder (tests, spec,
// fixtures, test_project) or a name (x_test.go, test_x.py, XTest.java, x.spec.ts, .env.example) says so.
bool is_sample(std::string_view path);

// Another project's package, installed or copied.
bool is_package(std::string_view path);

// A source file of a programming language: a value without quotes is a name there.
bool is_code(std::string_view path);

}
