#include "base/test_files.h"
#include "base/path.h"
#include "base/text.h"
#include <algorithm>
#include <iterator>

namespace fairlead {

bool is_test_file(std::string_view path) {
    constexpr std::string_view words[] = {"test",     "tests",     "testing", "testdata", "loadtest", "loadtests",
                                          "unittest", "unittests", "spec",    "specs",    "fixture",  "fixtures",
                                          "mock",     "mocks",     "stub",    "stubs",    "e2e",      "cypress"};
    for (const auto& folder : split(lower(folder_of(path)), '/'))
        for (const auto& word : split(replace_all(folder, "-", "_"), '_'))
            if (std::find(std::begin(words), std::end(words), word) != std::end(words)) return true;
    const std::string_view name = file_name(path);
    // Perl's: t/basic.t, and keys and modules in the same folder
    if (name.ends_with(".t") || path.starts_with("t/") || path.starts_with("xt/")) return true;
    if (path.find("/t/") != path.npos && ends_with_any(name, {".pl", ".pm", ".key", ".pem", ".crt"})) return true;
    const std::string_view stem = name.substr(0, name.rfind('.'));
    // node-tap's: tap/keys.js
    if (path.starts_with("tap/") || path.find("/tap/") != path.npos) return true;
    return name == "conftest.py" || stem == "fixtures" || (name.starts_with("test_") && name.ends_with(".py")) ||
           ends_with_any(stem, {"_test", "_spec", ".test", ".spec", "Test", "Tests", "TestCase", "IT", "Spec"});
}

}
