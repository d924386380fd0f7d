// A server of one's own for one restore: initdb in a temporary folder, a socket there and no network, gone afterwards.
#include "backup/engines/postgres/postgres_catalog.h"
#include "backup/engines/postgres/postgres_parts.h"
#include "backup/engines/postgres/postgres_script.h"
#include "backup/scratch.h"
#include "base/cause.h"
#include "base/text.h"
#include "base/url.h"
#include "sys/account.h"
#include "sys/clock.h"
#include "sys/files/log.h"
#include "sys/files/owned/scratch.h"
#include "sys/files/tree_builder.h"
#include "sys/process/confine.h"
#include "sys/process/process.h"
#include <fmt/format.h>
#include <optional>

namespace fairlead::backup::postgres {
namespace {

constexpr const char* user_of_server = "fairlead_scratch";
constexpr const char* database = "restored";

// PostgreSQL refuses to run as root.
Result<std::optional<sys::User>> other_user() {
    if (!sys::is_root()) return std::optional<sys::User>();
    for (const char* name : {"postgres", "nobody"})
        if (auto user = sys::find_user(name); user.ok()) return std::optional(std::move(user).value());
    return could_not(
        "PostgreSQL does not run as root, and this host has no user 'postgres' or 'nobody'; make one of these users");
}

// PGPORT, PGSERVICE and their like are about another server.
sys::Environment without_libpq(const sys::Environment& environment) {
    auto variables = environment.all();
    std::erase_if(variables, [](const auto& one) { return one.first.starts_with("PG"); });
    return sys::Environment(std::move(variables));
}

class Scratch : public Restore {
  public:
    Scratch(const Part& part, const World& world, Programs programs, sys::ScratchFolder folder,
            std::optional<sys::User> user)
        : part_(part), variables_(without_libpq(world.variables)), world_(world.with(variables_)),
          programs_(std::move(programs)), folder_(std::move(folder)), user_(std::move(user)) {
        shown = "a separate server";
        is_scratch = true;
    }
    ~Scratch() override { server_.reset(); } // before its folder goes

    Result<void> start() {
        const auto data = (folder_.path() / "server" / "data").string(), socket = (folder_.path() / "server").string();
        TRY_VOID(sys::make_folders(socket, 0700));
        if (user_) TRY_VOID(sys::give_tree(folder_.path(), *user_));
        TRY_VOID(initdb(data));
        sys::Stage stage = of("postgres");
        for (const std::string setting :
             {"fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_wal_size=1GB",
              "log_min_messages=fatal", "shared_buffers=32MB", "max_connections=10", "dynamic_shared_memory_type=mmap"})
            stage.argv.insert(stage.argv.end(), {"-c", setting});
        stage.argv.insert(stage.argv.end(), {"-D", data, "-k", socket, "-h", ""});
        std::string lacking;
        const auto hold = sys::ChildHold::make(stage.argv.front(), folder_.path(), lacking);
        stage.hold = &hold;
        if (!lacking.empty() && !world_.are_sets_signed)
            sys::log_warning(fmt::format("this kernel can't keep the server of the trial restore from starting "
                                         "programs ({}), and no trusted key signed the set; sign sets (backup.sign)",
                                         lacking));
        server_ = TRY(sys::ChildSource::start(stage));
        address_.url = fmt::format("postgresql://{}@/postgres?host={}", user_of_server, percent_encode(socket));
        address_.ignores_variables = true;
        address_.variable = "the scratch server";
        return wait_and_create();
    }

    Result<void> fill_before(const Part& globals, sys::Source& plain) override {
        constexpr std::size_t most = 16u << 20;
        const auto text = TRY(sys::read_all(plain, most, globals.file));
        auto server = TRY(connect(address_, world_));
        // The server is gone afterwards, and its programs are held: its roles may be what they were.
        for (const auto& statement : missing_roles(text, {{user_of_server}, {}}, Signed::yes).statements)
            TRY(server.session->run(statement)); // one that names what isn't here is passed over
        return {};
    }
    Result<void> fill(sys::Source& plain) override {
        auto loaded = load(programs_, part_, address_, database, Owners::kept, plain, world_);
        if (!loaded.ok() && loaded.error().kind == Kind::could_not) return no(loaded.error().message);
        TRY_VOID(loaded);
        auto beside = TRY(connect(address_, world_));
        return apply_kept(beside, part_, database, world_, Custom::left_out);
    }
    Result<std::vector<TableCount>> count() override {
        auto there = TRY(connect(address_, world_, database));
        return count_tables(there, Counts::of_all);
    }
    Result<std::vector<std::string>> compare(const std::string& catalog) override {
        auto there = TRY(connect(address_, world_, database));
        return postgres::compare(there, catalog, {.sorting = is_sorted_});
    }
    Result<std::unique_ptr<sys::Session>> session() override {
        auto there = TRY(connect(address_, world_, database));
        return std::move(there.session);
    }
    Result<std::string> change_places() override { return std::string(); }

  private:
    sys::Stage of(const std::string& program) {
        sys::Stage stage;
        stage.name = program;
        stage.argv = {(programs_.folder / program).string()};
        stage.folder = "/";
        stage.whose = sys::Whose::ours;
        stage.any_path = true;
        stage.user = user_ ? &*user_ : nullptr;
        stage.environment = sys::base_environment(world_.variables);
        return stage;
    }

    Result<void> initdb(const std::string& data) {
        const sys::Stage stage = of("initdb");
        sys::Command command;
        command.argv = stage.argv;
        command.whose = stage.whose;
        command.argv.insert(command.argv.end(),
                            {"-D", data, "-U", user_of_server, "-N", "-A", "trust", "-E", "UTF8", "--locale=C"});
        command.environment = stage.environment;
        command.folder = stage.folder;
        command.user = stage.user;
        command.any_path = command.dies_with_us = true;
        const auto output = TRY(sys::run(command));
        if (output.status == 0) return {};
        const auto lines = split(trim(std::string_view(output.err)), '\n');
        return could_not(fmt::format("initdb can't make a server for the restore: {}", cause_of(lines)));
    }

    Result<void> wait_and_create() {
        constexpr int attempts = 300;
        for (int attempt = 0;; ++attempt) {
            auto server = connect(address_, world_);
            if (server.ok()) {
                TRY_VOID(create(*server.operator->()));
                return {};
            }
            if (attempt == attempts)
                return could_not("a server for the restore does not start: " + server.error().message);
            if (!sys::real_clock().sleep(Milliseconds{100})) return could_not("interrupted while a server started");
        }
    }

    // As the original one sorts; where this machine has no such locale, it sorts by bytes.
    Result<void> create(Server& server) {
        const auto made = TRY(server.session->run(creation(database, part_)));
        if (!made.refusal) return {};
        is_sorted_ = false;
        auto plain = part_;
        for (const char* fact : {"collate", "ctype", "locale_provider"}) plain.facts.erase(fact);
        TRY(ask(server, creation(database, plain), "a database can't be made there"));
        sys::log_warning(
            fmt::format("the trial restore sorts by bytes, and not as the original does: {}", made.refusal->message));
        return {};
    }

    Part part_;
    const sys::Environment variables_;
    const World world_;
    Programs programs_;
    sys::ScratchFolder folder_;
    std::optional<sys::User> user_;
    Address address_;
    std::unique_ptr<sys::ChildSource> server_;
    bool is_sorted_ = true; // as the original is
};

}

Result<std::unique_ptr<Restore>> rehearse(const Part& part, const World& world) {
    const auto programs =
        TRY(find_programs(std::max(major_of(part.server_version), major_of(part.client_version)), world));
    for (const char* program : {"initdb", "postgres"})
        if (sys::inspect(programs.folder / program).type == sys::FileType::absent)
            return could_not(fmt::format(
                "level 4 restores into a separate server, and {} has no {}; install postgresql-{}, or verify --level 3",
                programs.folder.string(), program, programs.major));
    auto user = TRY(other_user());
    auto folder = TRY(sys::ScratchFolder::make(scratch_of_server));
    auto scratch = std::make_unique<Scratch>(part, world, programs, std::move(folder), std::move(user));
    TRY_VOID(scratch->start());
    return std::unique_ptr<Restore>(std::move(scratch));
}

}
