#pragma once
#include "base/result.h"
#include <initializer_list>
#include <string>
#include <string_view>

// What this run may do beside reading files. cli::run says it once, from the command's declaration and from whose
// change the job is about; whatever in sys, ledger and the stores starts, connects or changes something asks first.
// Nothing is permitted before it was said: a new tool or command that declares nothing starts and changes nothing.
namespace fairlead::sys {

enum class Act {
    start_program,         // ours, or the system's with words of ours: git, docker, pg_dump
    start_project_program, // what the work tree, the configuration or a release names, or whose code it runs
    ask_project_program,   // one that the configuration names to be asked what runs, and that changes nothing
    connect,               // to a host or a database
    change_database,
    change_store,  // of backups
    change_target, // what serves: releases, routers, restored files, published releases
};
inline constexpr Act all_acts[] = {
    Act::ask_project_program, Act::start_program, Act::start_project_program, Act::connect,
    Act::change_database,     Act::change_store,  Act::change_target};
std::string_view name_of(Act act); // "starts programs of the project"

class Permit {
  public:
    constexpr Permit() = default;
    constexpr Permit(std::initializer_list<Act> acts) {
        for (const Act act : acts) add(act);
    }
    static constexpr Permit all() {
        Permit permit;
        for (const Act act : all_acts) permit.add(act);
        return permit;
    }
    constexpr void add(Act act) { bits_ |= bit(act); }
    constexpr bool has(Act act) const { return (bits_ & bit(act)) != 0; }

  private:
    static constexpr unsigned bit(Act act) { return 1u << static_cast<unsigned>(act); }
    unsigned bits_ = 0;
};

// From now on, for the whole process. `who` stands in refusals: "fairlead-migrate plan".
void permit(const Permit& permit, const std::string& who);
bool may(Act act);
// Error (could_not) where it was not permitted; `what` is what would be started, asked or changed.
Result<void> ask(Act act, std::string_view what);

}
