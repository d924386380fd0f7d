#pragma once
#include "backup/engines/engine.h"
#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The program pgbackrest (https://pgbackrest.org), which copies a cluster of PostgreSQL and archives its WAL. What is
// asked of it and what it answers stands here.
namespace fairlead::backup::pgbackrest {

struct Version {
    int major = 0, minor = 0;
    auto operator<=>(const Version&) const = default;
    std::string shown() const; // "2.45"
};
// "pgBackRest 2.55.1" -> 2.55. Nothing: it is another program.
std::optional<Version> read_version(std::string_view said);

// What a version can't do, with the one that can; empty: it can.
enum class Feature { annotations, sftp };
std::string lacks(const Version& version, Feature feature);
std::string lacks_server(const Version& version, int postgres_major);

struct Program {
    std::string path;
    Version version;
    std::string stanza, configuration; // the file
    const World* world = nullptr;
};
// Error (could_not): it is not installed; (usage): we are root, whose files PostgreSQL could not read.
Result<Program> find(const SourceSettings& source, const std::string& stanza, const World& world);

// pgBackRest writes paths into restore_command as they are. Error (usage): PostgreSQL or its shell would read this one
// otherwise.
Result<void> check_path(std::string_view path);

// Its command with our options before it; what it prints, and with `all` what it does. Error (could_not) in its own
// words where it fails, and `what` in front.
enum class Tells { result, all };
Result<std::string> ask(const Program& program, std::vector<std::string> words, std::string_view what,
                        Tells tells = Tells::result);
// The same of what is restored; error (no): what the repository holds of it is damaged or missing.
Result<std::string> fetch(const Program& program, std::vector<std::string> words, std::string_view what);
// What changes something in the repository, or begins a segment of WAL; where this run may.
Result<std::string> change(const Program& program, std::vector<std::string> words, std::string_view what);
// "unable to find a valid repository; HINT: …" of all that it said and how it ended.
std::string read_error(std::string_view said, int status);

}
