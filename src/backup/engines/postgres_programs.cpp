#include "backup/engines/postgres_parts.h"
#include "base/text.h"
#include "sys/database/postgres.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup::postgres {
namespace {

// "pg_dump (PostgreSQL) 15.18 (Debian …)"; nothing where there is no such program.
std::optional<Programs> programs_in(const sys::Path& folder) {
    const auto program = folder / "pg_dump";
    if (sys::inspect(program).type == sys::FileType::absent) return {};
    sys::Command command;
    command.argv = {program.string(), "--version"};
    command.any_path = true;
    command.timeout = std::chrono::seconds(10);
    const auto said = sys::run(command);
    if (!said.ok() || said->status != 0) return {};
    const auto begin = said->out.find(") ");
    if (begin == said->out.npos) return {};
    const auto version = said->out.substr(begin + 2, said->out.find_first_of(" \n", begin + 2) - begin - 2);
    return Programs{folder, version, major_of(version)};
}

std::vector<sys::Path> folders(const World& world) {
    if (!world.pg_bin.empty()) return {world.folder / world.pg_bin};
    std::vector<sys::Path> all;
    // What lies in PATH may be Debian's wrapper, which chooses by itself: the versions' own folders come first.
    const sys::Path versions = "/usr/lib/postgresql";
    if (const auto names = sys::list_folder(versions); names.ok())
        for (const auto& name : names.value()) all.push_back(versions / name / "bin");
    if (const auto found = sys::find_own_program("pg_dump")) all.push_back(sys::Path(*found).parent_path());
    return all;
}

}

int major_of(std::string_view version) {
    const auto end = version.find_first_not_of("0123456789");
    return static_cast<int>(parse_integer(version.substr(0, end)).value_or(0));
}

Result<Programs> find_programs(int major, const World& world) {
    std::optional<Programs> best, newest;
    for (const auto& folder : folders(world)) {
        const auto found = programs_in(folder);
        if (!found) continue;
        if (!newest || found->major > newest->major) newest = found;
        if (found->major >= major && (!best || found->major < best->major)) best = found;
    }
    if (best) return *best;
    return could_not(fmt::format(
        "PostgreSQL {0} needs pg_dump, pg_restore and psql of version {0} or newer, and {1}; install "
        "postgresql-client-{0}, or name their folder as backup.pg_bin, or run fairlead-backup where they are",
        major, newest ? fmt::format("the newest here is {}", newest->version) : "none is here"));
}

Result<sys::Stage> stage(const Programs& programs, std::vector<std::string> words, const Address& address,
                         const std::string& database, const World& world) {
    sys::Stage made;
    made.name = words.at(0);
    words[0] = (programs.folder / words[0]).string();
    made.argv = std::move(words);
    made.any_path = true;
    auto environment = sys::base_environment(world.variables);
    const auto variables = TRY(sys::libpq_variables({.url = address.url, .database = database}, world.variables));
    environment.insert(environment.end(), variables.begin(), variables.end());
    made.environment = std::move(environment);
    return made;
}

}
