#include "backup/engines/postgres/postgres_parts.h"
#include "backup/engines/via.h"
#include "base/text.h"
#include "sys/database/postgres.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::backup::postgres {
namespace {

// Of "pg_dump (PostgreSQL) 15.18 (Debian …)".
std::string version_in(const std::string& said) {
    const auto begin = said.find(") ");
    if (begin == said.npos) return {};
    return said.substr(begin + 2, said.find_first_of(" \n", begin + 2) - begin - 2);
}

Result<Programs> programs_via(const std::string& via, int major, const World& world) {
    sys::Command command;
    command.argv = TRY(via_words(via, {}));
    command.whose = sys::Whose::ours;
    command.argv.insert(command.argv.end(), {"pg_dump", "--version"});
    command.environment = via_environment(world);
    command.folder = world.folder.string();
    command.timeout = std::chrono::seconds(60);
    const auto said = TRY(sys::run(command));
    const auto version = version_in(said.out);
    if (said.status != 0 || version.empty())
        return could_not(fmt::format("{} has no pg_dump that can be used: {}", via,
                                     split(trim(said.err.empty() ? said.out : said.err), '\n').back()));
    Programs programs{.folder = "", .version = version, .major = major_of(version), .via = via};
    if (programs.major >= major) return programs;
    return could_not(fmt::format(
        "PostgreSQL {0} needs pg_dump of version {0} or newer, and {1} has version {2}; name the server's own service",
        major, via, version));
}

// Nothing where there is no such program.
std::optional<Programs> programs_in(const sys::Path& folder) {
    const auto program = folder / "pg_dump";
    if (sys::inspect(program).type == sys::FileType::absent) return {};
    sys::Command command;
    command.argv = {program.string(), "--version"};
    command.whose = sys::Whose::ours;
    command.any_path = true;
    command.timeout = std::chrono::seconds(10);
    const auto said = sys::run(command);
    if (!said.ok() || said->status != 0) return {};
    const auto version = version_in(said->out);
    if (version.empty()) return {};
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

Result<Programs> find_programs(int major, const World& world, const std::string& via) {
    if (!via.empty()) return programs_via(via, major, world);
    std::optional<Programs> best, newest;
    for (const auto& folder : folders(world)) {
        const auto found = programs_in(folder);
        if (!found) continue;
        if (!newest || found->major > newest->major) newest = found;
        if (found->major >= major && (!best || found->major < best->major)) best = found;
    }
    if (best) return *best;
    if (!newest && !world.pg_bin.empty())
        return could_not(fmt::format("backup.pg_bin is '{}', and no pg_dump there may be started; name a folder of the "
                                     "system, such as /usr/lib/postgresql/{}/bin: programs of the project are not run",
                                     world.pg_bin, major));
    return could_not(fmt::format("PostgreSQL {0} needs pg_dump, pg_restore and psql of version {0} or newer, and {1}; "
                                 "install postgresql-client-{0}, or name their folder as backup.pg_bin, or use the "
                                 "server's own programs: via: compose:SERVICE (--via)",
                                 major,
                                 newest ? fmt::format("the newest here is {}", newest->version) : "none is here"));
}

Result<sys::Stage> stage(const Programs& programs, std::vector<std::string> words, const Address& address,
                         const std::string& database, const World& world) {
    sys::Stage made;
    made.name = words.at(0);
    made.whose = sys::Whose::ours;
    if (!programs.via.empty()) {
        auto variables = TRY(sys::libpq_variables({.url = address.url, .database = database}, world.variables));
        std::vector<std::string> names;
        std::erase_if(variables, [](const std::string& one) {
            return one.starts_with("HOME=") || one.starts_with("PGPASSFILE="); // of this machine
        });
        for (const auto& one : variables) names.push_back(one.substr(0, one.find('=')));
        made.argv = TRY(via_words(programs.via, names));
        made.argv.insert(made.argv.end(), words.begin(), words.end());
        made.folder = world.folder.string();
        made.environment = via_environment(world);
        made.environment->insert(made.environment->end(), variables.begin(), variables.end());
        return made;
    }
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
