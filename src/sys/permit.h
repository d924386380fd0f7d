#pragma once
#include "base/result.h"
#include <initializer_list>
#include <string>
#include <string_view>

// The acts besides reading files that this run may do. cli::run sets them once, by the command's declaration and by who
// made the change that the job is about. All code in sys, ledger and the stores that starts, connects or changes
// something calls ask() first. Before permit() is called, nothing is permitted, so a new command without a declaration
// can do nothing.
namespace fairlead::sys {

enum class Act {
    start_program, // our own programs, or the system's with our arguments: git, docker, pg_dump
    // a program that the work tree, the configuration or a release names, or a program that runs their code
    start_project_program,
    ask_project_program, // a project's program that only reports what is running, and changes nothing
    connect,             // to a host or a database
    change_database,
    change_store,  // a store of backups
    change_target, // the running system: releases, routers, restored files, published releases
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

// Sets the permitted acts for the whole process. `who` is used in refusals: "fairlead-migrate plan".
void permit(const Permit& permit, const std::string& who);
bool may(Act act);
// Error (could_not): the act is not permitted. `what`: the program, host or place, for the message.
Result<void> ask(Act act, std::string_view what);

}
