#include "base/text.h"
#include "init/recognise/recogniser.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

struct Preset {
    std::string name, folder; // folder: where it builds, from the component's
};

// The first that is not hidden, one called like CI's before it (cmake-presets(7)).
std::optional<Preset> preset_of(Folder& folder) {
    const auto presets = folder.json("CMakePresets.json");
    std::optional<Preset> found;
    const auto list = at(presets, "/configurePresets");
    if (!list.is_array()) return found;
    for (const auto& preset : list) {
        const auto name = sys::text_of(preset, "name");
        const bool plain =
            !name.empty() &&
            name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == name.npos;
        const bool wanted = name.find("ci") == 0 || name == "default" || name == "dev";
        if (!plain || at(preset, "/hidden") == Json(true) || name.find("win") != name.npos ||
            name.find("msvc") != name.npos || name.find("mac") != name.npos)
            continue;
        if (found && !wanted) continue;
        auto place = sys::text_of(preset, "binaryDir");
        for (const auto& parent :
             texts_of(preset.contains("inherits") && preset["inherits"].is_string() ? Json::array({preset["inherits"]})
                                                                                    : at(preset, "/inherits")))
            for (const auto& other : list)
                if (place.empty() && sys::text_of(other, "name") == parent) place = sys::text_of(other, "binaryDir");
        place = replace_all(replace_all(place, "${sourceDir}/", ""), "${presetName}", name);
        if (place.empty() || place.find('$') != place.npos || place.starts_with('/') || place.find("..") != place.npos)
            continue;
        found = {name, place};
        if (wanted) break;
    }
    return found;
}

bool has_cpp_tests(Folder& folder) {
    auto names = folder.below();
    std::erase_if(names,
                  [](const auto& name) { return !name.ends_with("CMakeLists.txt") && !name.ends_with(".cmake"); });
    if (names.size() > 200) names.resize(200);
    for (const auto& name : names) {
        const auto text = folder.text(name);
        for (const auto* call :
             {"enable_testing(", "add_test(", "include(CTest)", "catch_discover_tests(", "gtest_discover_tests("})
            if (lower(text).find(lower(call)) != std::string::npos) return true;
    }
    return false;
}

void describe_cmake(Folder& folder, Component& component) {
    const auto preset = preset_of(folder);
    const std::string place = preset ? preset->folder : "build";
    component.manager = "cmake";
    std::vector<std::string> configure =
        preset ? std::vector<std::string>{"cmake", "--preset", preset->name}
               : std::vector<std::string>{"cmake", "-S", ".", "-B", place, "-DCMAKE_BUILD_TYPE=Release"};
    component.build = step("build", {configure, {"cmake", "--build", place, "--parallel", "4"}},
                           preset ? "CMakePresets.json: " + preset->name : "CMakeLists.txt");
    component.ignored.push_back(place.substr(0, place.find('/')) + "/");
    const auto text = folder.text("CMakeLists.txt");
    component.kind = mentions(text, "add_executable") && !mentions(text, "add_library") ? Kind::program : Kind::library;
    if (!has_cpp_tests(folder)) {
        folder.doubt("no test is registered with CTest (enable_testing, add_test); gate has nothing to judge until "
                     "there is a test");
        return;
    }
    // What ctest runs has to be built before; a relative path of its report is from the build's folder.
    component.test = step("test",
                          {configure,
                           {"cmake", "--build", place, "--parallel", "4"},
                           {"ctest", "--test-dir", place, "--output-on-failure", "--output-junit", "junit.xml"}},
                          "CTest");
    component.evidence = {{"tests", place + "/junit.xml"}};
}

void describe_meson(Folder& folder, Component& component) {
    component.manager = "meson";
    component.build = step("build", {{"meson", "setup", "build"}, {"meson", "compile", "-C", "build"}}, "meson.build");
    component.test =
        step("test", {{"meson", "setup", "build", "--reconfigure"}, {"meson", "test", "-C", "build"}}, "meson.build");
    component.evidence = {{"tests", "build/meson-logs/testlog.junit.xml"}};
    component.ignored.push_back("build/");
    folder.doubt("meson is not on the runner's image; install it in an earlier step: pipx install meson ninja");
}

}

bool describe_cpp(Folder& folder, Component& component) {
    // An extension of Python's or a crate's own C++ is built by theirs.
    if (!folder.first({"pyproject.toml", "setup.py", "Cargo.toml", "package.json"}).empty()) return false;
    folder.has("CMakeLists.txt") ? describe_cmake(folder, component) : describe_meson(folder, component);
    return true;
}

}
