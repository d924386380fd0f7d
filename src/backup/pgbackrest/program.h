#pragma once
#include "backup/engines/engine.h"
#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The program pgbackrest (https://pgbackrest.org), which copies a cluster of PostgreSQL and archives its WAL. This file
// runs its commands and reads their answers.
namespace fairlead::backup::pgbackrest {

struct Version {
    int major = 0, minor = 0;
    auto operator<=>(const Version&) const = default;
    std::string shown() const; // "2.45"
};
// "pgBackRest 2.55.1" -> 2.55. Nothing: another program wrote this output.
std::optional<Version> read_version(std::string_view said);

// Says what this version can't do, and since which version pgBackRest can do it. Empty: this version can.
enum class Feature { annotations, sftp };
std::string lacks(const Version& version, Feature feature);
std::string lacks_server(const Version& version, int postgres_major);

struct Program {
    std::string path;
    Version version;
    std::string stanza, configuration; // configuration: the path of the file
    const World* world = nullptr;
};
// Error (could_not): it is not installed; error (usage): we are root, and PostgreSQL couldn't read our files.
Result<Program> find(const SourceSettings& source, const std::string& stanza, const World& world);

// pgBackRest writes paths into restore_command without quotes. Error (usage): without quotes, PostgreSQL or its shell
// would misread this path.
Result<void> check_path(std::string_view path);

// Runs a pgBackRest command with our options before it. Returns its output; with `all` also its log. If it fails: Error
// (could_not) with `what`, then pgBackRest's own words.
enum class Tells { result, all };
Result<std::string> ask(const Program& program, std::vector<std::string> words, std::string_view what,
                        Tells tells = Tells::result);
// Like ask(), for data that is restored. Error (no): the data is damaged or missing in the repository.
Result<std::string> fetch(const Program& program, std::vector<std::string> words, std::string_view what);
// Like ask(), for a command that changes the repository or begins a segment of WAL. Fails if this run may not change
// anything.
Result<std::string> change(const Program& program, std::vector<std::string> words, std::string_view what);
// Makes the message from pgBackRest's output and exit status: "unable to find a valid repository; HINT: …".
std::string read_error(std::string_view said, int status);

}
