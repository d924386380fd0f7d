#include "migrate/steps/backup.h"
#include "base/text.h"
#include "sys/data/json.h"
#include "sys/files/files.h"
#include "sys/files/log.h"
#include "sys/process/process.h"
#include <fmt/format.h>

namespace fairlead::migrate {

Result<std::string> backup_first(const Place& place, const Settings& settings) {
    const auto& how = settings.backup_first;
    if (how == "no" || (how == "auto" && !place.is_production())) return std::string();
    const std::string name = "fairlead-backup";
    const auto beside = sys::Path(sys::own_program()).parent_path() / name;
    std::optional<std::string> program = beside.string();
    if (sys::inspect(beside).type != sys::FileType::file) program = sys::find_own_program(name);
    if (!program && how == "auto") {
        sys::log_warning("no backup was made before: fairlead-backup is not installed");
        return std::string();
    }
    if (how == "auto" && place.config.section("backup", place.environment).entries().empty()) {
        sys::log_warning("no backup was made before: fairlead.yml has no section 'backup'");
        return std::string();
    }
    if (!program)
        return could_not("--backup-first yes needs fairlead-backup, which is not beside fairlead-migrate and not in "
                         "PATH; install it, or make a backup and say --backup-first no");
    sys::Command command;
    command.argv = {*program, "run", "--format", "json"};
    if (!place.environment.empty()) command.argv.insert(command.argv.end(), {"--env", place.environment});
    if (place.config.present()) command.argv.insert(command.argv.end(), {"--config", place.config.file()});
    command.environment = sys::child_environment(place.variables, sys::Child::step);
    sys::log_info("a backup is made before");
    const auto output = TRY(sys::run(command));
    if (output.status != 0) {
        const auto lines = split(trim(std::string_view(output.err)), '\n');
        return could_not(fmt::format("the backup failed (status {}), so nothing was changed: {}", output.status,
                                     lines.back().empty() ? "it says nothing" : lines.back()));
    }
    const auto told = sys::parse_json(output.out, name);
    const auto id = told.ok() ? sys::text_of(told.value(), "id") : std::string();
    return id.empty() ? std::string("unnamed") : id;
}

}
