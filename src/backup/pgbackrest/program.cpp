#include "backup/pgbackrest/program.h"
#include "base/printable.h"
#include "base/text.h"
#include "sys/account.h"
#include "sys/environment.h"
#include "sys/permit.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace fairlead::backup::pgbackrest {
namespace {

struct FeatureRow {
    Feature feature;
    Version since;
    const char* what;
};
constexpr FeatureRow features[] = {
    {Feature::annotations, {2, 41}, "keeps the result of a verification with its backup"},
    {Feature::sftp, {2, 46}, "has repositories by SFTP"},
};

// The first release for each server (release notes of pgBackRest), the newest first.
struct ServerRow {
    int postgres;
    Version since;
};
constexpr ServerRow servers[] = {{19, {2, 59}}, {18, {2, 57}}, {17, {2, 54}}, {16, {2, 48}}};

constexpr const char* newer = "apt.postgresql.org has it for Debian and Ubuntu";

// Those by which its users give it secrets, beside what any program gets.
std::vector<std::string> own_variables(const World& world) {
    std::vector<std::string> names = {"PGPASSFILE"};
    for (const auto& [name, value] : world.variables.all())
        if (name.starts_with("PGBACKREST_")) names.push_back(name);
    return names;
}

sys::Command command_of(const std::string& path, const World& world) {
    sys::Command command;
    command.argv = {path};
    command.whose = sys::Whose::ours;
    command.environment = sys::child_environment(world.variables, sys::Child::network, own_variables(world));
    command.folder = "/";
    command.dies_with_us = true;
    return command;
}

}

std::string Version::shown() const { return fmt::format("{}.{}", major, minor); }

std::optional<Version> read_version(std::string_view said) {
    constexpr std::string_view name = "pgBackRest ";
    said = trim(said);
    if (!said.starts_with(name)) return {};
    const auto parts = split(said.substr(name.size()), '.');
    if (parts.size() < 2) return {};
    const auto major = parse_integer(parts[0]);
    const auto minor = parse_integer(parts[1].substr(0, parts[1].find_first_not_of("0123456789")));
    constexpr std::int64_t most = 10'000;
    if (!major.ok() || !minor.ok() || major.value() < 0 || major.value() > most || minor.value() > most) return {};
    return Version{static_cast<int>(major.value()), static_cast<int>(minor.value())};
}

std::string lacks(const Version& version, Feature feature) {
    for (const auto& row : features)
        if (row.feature == feature && version < row.since)
            return fmt::format("pgBackRest {} is installed, and {} is the first version that {}; {}", version.shown(),
                               row.since.shown(), row.what, newer);
    return "";
}

std::string lacks_server(const Version& version, int postgres_major) {
    for (const auto& row : servers)
        if (postgres_major >= row.postgres && version < row.since)
            return fmt::format("pgBackRest {} is installed, and {} is the first version that takes PostgreSQL {}; {}",
                               version.shown(), row.since.shown(), postgres_major, newer);
    return "";
}

Result<void> check_path(std::string_view path) {
    if (path.find_first_of("'\"\\$`%") == path.npos) return {};
    return usage(fmt::format("pgBackRest writes '{}' unchanged into restore_command, where a quote, '$', '%', '`' or "
                             "'\\' has another meaning; name another path",
                             path));
}

Result<Program> find(const SourceSettings& source, const std::string& stanza, const World& world) {
    if (sys::is_root())
        return usage("pgBackRest has to run as the user of PostgreSQL, who reads the files that it writes; run: sudo "
                     "-u postgres fairlead-backup …");
    TRY_VOID(check_path(source.config));
    const auto path = sys::find_own_program("pgbackrest");
    if (!path)
        return could_not(fmt::format("source '{}' needs the program pgbackrest, which is not in PATH; run: apt-get "
                                     "install pgbackrest",
                                     source.name));
    auto command = command_of(*path, world);
    command.argv.push_back("version");
    command.timeout = std::chrono::seconds(10);
    const auto said = TRY(sys::run(command));
    const auto version = read_version(said.out);
    if (said.status != 0 || !version)
        return could_not(fmt::format("'{}' does not say that it is pgBackRest, but '{}'", *path,
                                     printable(split(trim(said.out + said.err), '\n').front())));
    return Program{*path, *version, stanza, source.config, &world};
}

std::string read_error(std::string_view said, int status) {
    std::string text;
    for (const auto& line : split(trim(said), '\n')) {
        auto plain = trim(std::string_view(line));
        if (const auto end = plain.find("]: "); plain.starts_with("ERROR: [") && end != plain.npos)
            plain = plain.substr(end + 3);
        if (plain.empty()) continue;
        if (!text.empty()) text += plain.starts_with("HINT") ? "; " : " ";
        text += plain;
    }
    constexpr std::size_t most = 600;
    return text.empty() ? fmt::format("it ended with status {}", status) : printable(text.substr(0, most));
}

namespace {

Result<sys::Output> run(const Program& program, const std::vector<std::string>& words, Tells tells) {
    auto command = command_of(program.path, *program.world);
    command.argv.insert(command.argv.end(),
                        {"--config=" + program.configuration, "--stanza=" + program.stanza,
                         tells == Tells::all ? "--log-level-console=info" : "--log-level-console=off",
                         "--log-level-stderr=error", "--log-timestamp=n"});
    command.argv.insert(command.argv.end(), words.begin(), words.end());
    command.patience = std::chrono::seconds(30); // it ends the backup on the server
    return sys::run(command);
}

std::string words_for(const sys::Output& output, std::string_view what) {
    return fmt::format("{}: pgBackRest says: {}", what,
                       read_error(output.err.empty() ? output.out : output.err, output.status));
}

}

Result<std::string> ask(const Program& program, std::vector<std::string> words, std::string_view what, Tells tells) {
    auto output = TRY(run(program, words, tells));
    if (output.status == 0) return std::move(output.out);
    return could_not(words_for(output, what));
}

Result<std::string> fetch(const Program& program, std::vector<std::string> words, std::string_view what) {
    // Its errors by number (src/build/error/error.yaml): checksum, format, file-missing, backup-set-invalid,
    // file-invalid
    constexpr int of_damage[] = {26, 29, 55, 75, 42};
    auto output = TRY(run(program, words, Tells::result));
    if (output.status == 0) return std::move(output.out);
    const bool is_damaged = std::find(std::begin(of_damage), std::end(of_damage), output.status) != std::end(of_damage);
    return is_damaged ? no(words_for(output, what)) : could_not(words_for(output, what));
}

Result<std::string> change(const Program& program, std::vector<std::string> words, std::string_view what) {
    TRY_VOID(sys::ask(sys::Act::change_store, fmt::format("stanza {}", program.stanza)));
    return ask(program, std::move(words), what);
}

}
