#include "sys/permit.h"
#include <fmt/format.h>

namespace fairlead::sys {

namespace {

struct Stated {
    Permit permit;
    std::string who = "this program";
};
Stated& stated() {
    static Stated value;
    return value;
}

struct ActWords {
    std::string_view does, refused;
};
constexpr ActWords words_of(Act act) {
    switch (act) {
    case Act::start_program: return {"starts programs", "starts no program"};
    case Act::start_project_program: return {"starts programs of the project", "starts no program of the project"};
    case Act::ask_project_program: return {"asks programs of the project", "asks no program of the project"};
    case Act::connect: return {"opens connections", "opens no connection"};
    case Act::change_database: return {"changes databases", "changes no database"};
    case Act::change_store: return {"changes stores", "changes no store"};
    case Act::change_target: return {"changes a deployed application", "changes no deployed application"};
    }
    return {};
}

}

std::string_view name_of(Act act) { return words_of(act).does; }

void permit(const Permit& permit, const std::string& who) { stated() = {permit, who}; }

bool may(Act act) { return stated().permit.has(act); }

Result<void> ask(Act act, std::string_view what) {
    if (may(act)) return {};
    return could_not(fmt::format("'{}' was refused: {} {}", what, stated().who, words_of(act).refused));
}

}
