#include "backup/pgbackrest/trial.h"
#include "backup/pgbackrest/configuration.h"
#include "backup/scratch.h"
#include "backup/scrub.h"
#include "backup/status.h"
#include "base/cause.h"
#include "base/text.h"
#include "base/url.h"
#include "base/words.h"
#include "sys/clock.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include <array>
#include <fmt/format.h>

namespace fairlead::backup::pgbackrest {
namespace {

// Of the original only what its files need is kept: nothing listens, nothing is archived, no setting of its memory or
// of its log applies. What stands in postgresql.auto.conf is below the command line.
constexpr const char* of_trial[] = {"listen_addresses=",
                                    "archive_mode=off",
                                    "fsync=off",
                                    "full_page_writes=off",
                                    "shared_buffers=32MB",
                                    "huge_pages=off",
                                    "ssl=off",
                                    "logging_collector=off",
                                    "log_destination=stderr",
                                    "log_min_messages=fatal",
                                    "hot_standby=off",
                                    "dynamic_shared_memory_type=mmap",
                                    "max_connections=20",
                                    "max_worker_processes=4",
                                    "autovacuum=off",
                                    "max_prepared_transactions=1000",
                                    "external_pid_file=",
                                    "archive_cleanup_command=",
                                    "recovery_end_command="};

sys::Command command_of(const postgres::Programs& programs, std::vector<std::string> words, const World& world) {
    sys::Command command;
    words[0] = (programs.folder / words[0]).string();
    command.argv = std::move(words);
    command.whose = sys::Whose::ours;
    command.any_path = command.dies_with_us = true;
    command.folder = "/";
    command.environment = sys::base_environment(world.variables);
    return command;
}

}

Trial::Trial(const Job& job, const SourceSettings& source, const Look& seen, const BackupInfo& backup)
    : job_(job), source_(source), seen_(seen), backup_(backup) {}

Trial::~Trial() {
    if (server_) (void)stop();
    server_.reset(); // before its folder goes
}

sys::Path Trial::data() const { return folder_->path() / "data"; }

Result<void> Trial::restore() {
    const auto major = postgres::major_of(seen_.stanza.archive.substr(0, seen_.stanza.archive.find('-')));
    programs_ = TRY(postgres::find_programs(major, job_.world));
    if (programs_.major != major || sys::inspect(programs_.folder / "postgres").type == sys::FileType::absent)
        return could_not(fmt::format("the trial restore of a PostgreSQL {0} cluster needs a server of that version; "
                                     "install postgresql-{0}, or verify --level 2",
                                     major));
    auto folder = TRY(sys::ScratchFolder::make(scratch_of_server));
    folder_.emplace(std::move(folder));
    if (const auto free = sys::free_bytes(folder_->path()); free.ok() && free.value() < backup_.bytes)
        return could_not(fmt::format("a trial restore needs {}, and {} are free in '{}'; set TMPDIR to a larger disk",
                                     shown_bytes(backup_.bytes), shown_bytes(free.value()),
                                     folder_->path().parent_path().string()));
    TRY(fetch(seen_.program,
              {fmt::format("--repo={}", backup_.repository), "--set=" + backup_.label, "--pg1-path=" + data().string(),
               "--type=immediate", "--target-action=promote", "--archive-mode=off", "--link-all=n",
               "--tablespace-map-all=" + (folder_->path() / "tablespaces").string(), "restore"},
              fmt::format("backup {} can't be restored", backup_.label)));
    return {};
}

Result<postgres::Server> Trial::connect(const std::string& database) {
    Address address;
    address.url = fmt::format("postgresql://{}@/{}?host={}", percent_encode(user_), percent_encode(database),
                              percent_encode(folder_->path().string()));
    address.variable = "the trial server";
    return postgres::connect(address, job_.world, database);
}

Result<void> Trial::start() {
    const auto folder = folder_->path();
    TRY_VOID(sys::write_file(folder / "postgresql.conf", ""));
    TRY_VOID(sys::write_file(folder / "pg_hba.conf", "local all all trust\n"));
    TRY_VOID(sys::write_file(folder / "pg_ident.conf", ""));
    sys::Stage stage;
    stage.name = "postgres";
    stage.argv = {(programs_.folder / "postgres").string(), "-D", data().string(), "-k", folder.string()};
    for (const char* setting : of_trial) stage.argv.insert(stage.argv.end(), {"-c", setting});
    for (const char* file : {"config_file=postgresql.conf", "hba_file=pg_hba.conf", "ident_file=pg_ident.conf"}) {
        const std::string text = file;
        const auto name = text.substr(text.find('=') + 1);
        stage.argv.insert(stage.argv.end(), {"-c", text.substr(0, text.find('=') + 1) + (folder / name).string()});
    }
    stage.folder = "/";
    stage.whose = sys::Whose::ours;
    stage.any_path = true;
    stage.environment = sys::base_environment(job_.world.variables);
    server_ = TRY(sys::ChildSource::start(stage));
    return wait();
}

// It answers when it is consistent. Recovery takes as long as there is WAL of the backup's own time.
Result<void> Trial::wait() {
    constexpr int attempts = 4 * 60 * 60 * 10, between_looks = 20;
    const auto configured = TRY(sys::read_file(seen_.program.configuration));
    std::vector<std::string> users = {value_in(configured, seen_.program.stanza, "pg1-user"), "postgres"};
    if (const auto address = find_address(source_, job_.world); address.ok())
        if (const auto url = parse_url(address->url); url.ok()) users.push_back(percent_decode(url->user));
    std::erase(users, "");
    const auto is_running = command_of(programs_, {"pg_ctl", "-D", data().string(), "status"}, job_.world);
    std::string why;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        for (const auto& user : users) {
            user_ = user;
            auto server = connect("postgres");
            if (server.ok()) return be_superuser(server.value());
            why = server.error().message;
        }
        if (attempt % between_looks == between_looks - 1 && TRY(sys::run(is_running)).status != 0) break;
        if (!sys::real_clock().sleep(Milliseconds{100})) return could_not("interrupted while the trial server started");
    }
    std::array<char, 4096> rest;
    if (const auto end = server_->read(rest); !end.ok()) why = end.error().message; // how it ended, and what it said
    return no(fmt::format("the server does not start on the restored backup: {}", why));
}

// Who may read every table.
Result<void> Trial::be_superuser(postgres::Server& server) {
    const auto named =
        TRY(postgres::ask(server,
                          "SELECT rolname FROM pg_roles WHERE rolsuper AND rolcanlogin ORDER BY rolname = "
                          "current_user DESC, oid LIMIT 1",
                          "its roles can't be listed"));
    if (named.rows.empty()) return could_not("the restored cluster has no superuser that may log in");
    user_ = named.rows[0][0].value_or("");
    return {};
}

Result<void> Trial::stop() {
    auto command =
        command_of(programs_, {"pg_ctl", "-D", data().string(), "-m", "fast", "-w", "-s", "stop"}, job_.world);
    const auto output = TRY(sys::run(command));
    server_.reset();
    if (output.status == 0) return {};
    return could_not("the trial server does not end: " + cause_of(split(trim(output.err), '\n')));
}

Result<std::string> Trial::read() {
    auto server = TRY(connect("postgres"));
    const auto databases = TRY(postgres::ask(server, "SELECT datname FROM pg_database WHERE datallowconn ORDER BY 1",
                                             "its databases can't be listed"));
    std::size_t tables = 0;
    std::uint64_t rows = 0;
    for (const auto& row : databases.rows) {
        auto inside = TRY(connect(row[0].value_or("")));
        const auto counted = postgres::count_tables(inside, postgres::Counts::of_all);
        if (!counted.ok()) return no(counted.error().message);
        tables += counted->size();
        for (const auto& one : counted.value()) rows += one.rows;
    }
    if (const auto& queries = job_.settings.verify.queries; !queries.empty()) {
        const auto configured = TRY(sys::read_file(seen_.program.configuration));
        const auto database = value_in(configured, seen_.program.stanza, "pg1-database");
        auto inside = TRY(connect(database.empty() ? "postgres" : database));
        TRY_VOID(ask_queries(*inside.session, Dialect::postgres, queries));
    }
    return fmt::format("{} of {} read, {}", counted(tables, "table", "tables"),
                       counted(databases.rows.size(), "database", "databases"), counted(rows, "row", "rows"));
}

// Each page has a checksum where the cluster was made with them; a server that was ended leaves them comparable.
Result<void> Trial::check_pages() {
    const auto control = TRY(sys::run(command_of(programs_, {"pg_controldata", "-D", data().string()}, job_.world)));
    constexpr std::string_view line = "Data page checksum version:";
    const auto at = control.out.find(line);
    if (control.status != 0 || at == control.out.npos) return no("pg_controldata can't read the restored cluster");
    const auto rest = control.out.substr(at + line.size());
    if (trim(rest.substr(0, rest.find('\n'))) == "0") return {};
    const auto checked =
        TRY(sys::run(command_of(programs_, {"pg_checksums", "--check", "-D", data().string()}, job_.world)));
    if (checked.status == 0) return {};
    return no(fmt::format("pages of the restored cluster are damaged: {}", cause_of(split(trim(checked.err), '\n'))));
}

Result<std::string> Trial::start_and_read() {
    TRY_VOID(start());
    auto told = TRY(read());
    TRY_VOID(stop());
    TRY_VOID(check_pages());
    return told;
}

}
