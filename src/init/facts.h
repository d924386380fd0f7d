#pragma once
#include "init/write.h"
#include <string>
#include <string_view>
#include <vector>

// What was recognised, fact by fact with its place, and which of the written files says it. A fact that none of them
// says is told with what to write by hand: nothing that was found is lost.
namespace fairlead::init {

enum class FactKind {
    server,
    process,
    release,
    variable,
    data,
    migrations,
    folder,
    health,
    image,
    compose,
    test,
    report,
    build,
    site,
    secret
};
std::string_view name_of(FactKind kind);

struct Fact {
    FactKind kind = FactKind::server;
    std::string what;                 // "worker: celery -A shop worker"
    std::string from;                 // Procfile:2
    std::vector<std::string> writers; // the files that say it: fairlead.yml, .github/workflows/staging.yml
    std::string by_hand;              // what to write where none of them does
    bool may_be_left = false;         // an optional variable: nothing is wrong without it
};

// In the order of the components. `written`: files(project, given), and those of the kit where it is written.
std::vector<Fact> facts_of(const Project& project, const std::vector<NewFile>& written);
// The lines of `fairlead init --explain`, and those that are told in any case: of facts that no file says.
std::string explained(const std::vector<Fact>& facts);
std::string lost(const std::vector<Fact>& facts);

}
