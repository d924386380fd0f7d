#pragma once
#include "backup/stores/store.h"
#include "sys/environment.h"
#include "sys/files/files.h"
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// What the tests of stores stand on: every kind, each over something real.
namespace fairlead::test {

struct Opened {
    sys::TemporaryFolder folder = sys::TemporaryFolder::make("fairlead-store").value();
    std::shared_ptr<void> server; // before the store: it goes last
    std::unique_ptr<backup::Store> store;
};

inline std::unique_ptr<backup::Store> store_at(const sys::Path& folder) {
    return backup::store_of("file:" + folder.string(), sys::Environment({})).value();
}

struct Kind {
    const char* name;
    void (*open)(Opened& place); // the store stays empty where its server isn't installed
};
inline const Kind kinds[] = {{"file", [](Opened& place) { place.store = store_at(place.folder.path() / "store"); }}};

inline std::vector<std::string> names_in(backup::Store& store, std::string_view prefix = "") {
    std::vector<std::string> names;
    const auto objects = store.list(prefix).value();
    for (const auto& object : objects) names.push_back(object.name);
    return names;
}

inline Result<std::string> got(backup::Store& store, const std::string& name) { return store.read(name, 64u << 20); }

}
