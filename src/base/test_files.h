#pragma once
#include <string_view>

namespace fairlead {

// Returns whether a path belongs to a test, its data or a stand-in, by the names that test runners and projects use: a
// folder "tests", "e2e" or "fixtures", a file "test_x.py", "x_test.go", "x.spec.ts" or "XTest.java".
bool is_test_file(std::string_view path);

}
