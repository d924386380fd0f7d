#include "migrate/steps/backup.h"
#include "base/text.h"
#include "sys/data/json.h"
#include "sys/environment.h"
#include "sys/files/files.h"
#include "sys/files/log.h"
#include "sys/process/process.h"
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::migrate {

namespace {

// What is migrated is what DATABASE_URL tells of, whichever variable said so here, and from whichever folder.
std::vector<std::string> with_database(const sys::Environment& variables, const server::Address& address) {
    auto all = variables.all();
    if (address.engine == server::Engine::sqlite)
        all["DATABASE_URL"] = "sqlite:" + percent_encode(std::filesystem::absolute(address.path).string());
    else
        all["DATABASE_URL"] = address.url; // empty: by PGHOST and its like
    return sys::child_environment(sys::Environment(std::move(all)), sys::Child::step);
}

// Its report is JSON; where it has none, the last line of what it said.
std::string why(const sys::Json& told, const std::string& said) {
    if (told.is_object()) {
        const auto error = told.value("error", sys::Json());
        if (error.is_object() && !sys::text_of(error, "message").empty()) return sys::text_of(error, "message");
        if (!sys::text_of(told, "decided").empty()) return sys::text_of(told, "decided");
    }
    const auto lines = split(trim(std::string_view(said)), '\n');
    return lines.back().empty() ? "it says nothing" : lines.back();
}

}

Result<std::string> backup_first(const Place& place, const Settings& settings, const server::Address& address) {
    const auto& how = settings.backup_first;
    if (how == "no" || (how == "auto" && !place.is_production())) return std::string();
    const std::string name = "fairlead-backup";
    const auto beside = sys::Path(sys::own_program()).parent_path() / name;
    std::optional<std::string> program = beside.string();
    if (sys::inspect(beside).type != sys::FileType::file) program = sys::find_own_program(name);
    if (!program && how == "auto") {
        sys::log_warning("no backup was made first: fairlead-backup is not installed");
        return std::string();
    }
    if (how == "auto" && place.config.section("backup", place.environment).entries().empty()) {
        sys::log_warning("no backup was made first: fairlead.yml has no section 'backup'");
        return std::string();
    }
    if (!program)
        return could_not("--backup-first yes needs fairlead-backup, which is not next to fairlead-migrate and not in "
                         "PATH; install it, or make a backup and say --backup-first no");
    sys::Command command;
    command.argv = {*program, "run", "--format", "json"};
    command.whose = sys::Whose::ours;
    if (!place.environment.empty()) command.argv.insert(command.argv.end(), {"--env", place.environment});
    if (place.config.present()) {
        const auto file = std::filesystem::absolute(place.config.file());
        command.argv.insert(command.argv.end(), {"--config", file.string()});
        command.folder = file.parent_path().string(); // a store's relative path is meant from there
    }
    command.environment = with_database(place.variables, address);
    sys::log_info("a backup is made first");
    const auto output = TRY(sys::run(command));
    const auto told = sys::parse_json(output.out, name);
    if (output.status != 0)
        return could_not(fmt::format("the backup failed (status {}), so nothing was changed: {}", output.status,
                                     why(told.ok() ? told.value() : sys::Json(), output.err)));
    const auto id = told.ok() ? sys::text_of(told.value(), "id") : std::string();
    return id.empty() ? std::string("unnamed") : id;
}

}
