#include "backup/engines/kinds.h"
#include "backup/engines/postgres/postgres_catalog.h"
#include "backup/engines/postgres/postgres_parts.h"
#include "backup/engines/postgres/postgres_script.h"
#include "backup/engines/via.h"
#include "backup/scratch.h"
#include "sys/files/owned/scratch.h"
#include "sys/stream/tar.h"
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

using postgres::NoSink;
using postgres::Script;
using postgres::Signed;

class Postgres : public Engine {
  public:
    std::string_view name() const override { return "postgres"; }

    Result<std::vector<std::unique_ptr<Dump>>> dumps(const SourceSettings& source, const World& world) const override {
        return postgres::dumps(source, world);
    }

    Result<std::vector<std::string>> left_behind(const SourceSettings& source, const World& world) const override {
        const auto address = TRY(find_address(source, world));
        auto server = TRY(postgres::connect(address, world));
        auto names = TRY(postgres::left_databases(server));
        for (auto& name : names) name = "database " + name;
        return names;
    }

    // Of custom dumps pg_restore reads each block; of SQL the end is looked for.
    Result<void> look_at(const Part& part, sys::Source& plain, const World& world) const override {
        if (part.format == "catalog") return look_at_catalog(part, plain);
        if (part.format != "custom" && part.format != "directory") return look_at_text(part, plain, world);
        const auto via = part.format == "custom" ? world.via_of(part.name) : std::string();
        const auto programs = TRY(postgres::find_programs(postgres::major_of(part.client_version), world, via));
        if (part.format == "directory") return look_at_folder(part, plain, programs, world);
        sys::Stage stage;
        stage.name = "pg_restore";
        stage.whose = sys::Whose::ours;
        stage.argv = {(programs.folder / "pg_restore").string(), "-f", "-"};
        stage.any_path = true;
        stage.environment = sys::base_environment(world.variables);
        if (!via.empty()) {
            stage.argv = TRY(via_words(via, {}));
            stage.argv.insert(stage.argv.end(), {"pg_restore", "-f", "-"});
            stage.folder = world.folder.string();
            stage.environment = via_environment(world);
        }
        return look_at_printed(part, plain, std::move(stage), world);
    }

    Result<std::unique_ptr<Restore>> restore(const Part& part, const SourceSettings& source, const Aim& aim,
                                             const World& world) const override {
        return postgres::restore(part, source, aim, world);
    }
    Result<std::unique_ptr<Restore>> rehearse(const Part& part, const World& world) const override {
        return world.verify_on.empty() ? postgres::rehearse(part, world) : postgres::rehearse_on(part, world);
    }

  private:
    static Signed signed_in(const World& world) { return world.are_sets_signed ? Signed::yes : Signed::no; }

    // What pg_restore makes of it as SQL.
    static Result<void> look_at_printed(const Part& part, sys::Source& plain, sys::Stage stage, const World& world) {
        NoSink none;
        Script script(part.file, signed_in(world), none);
        std::string piece(sys::stream_piece, '\0');
        sys::Pipeline pipeline;
        pipeline.stages.push_back(std::move(stage));
        pipeline.input = sys::PieceSource([&]() -> Result<std::string_view> {
            const std::size_t count = TRY(plain.read(piece));
            return std::string_view(piece).substr(0, count);
        });
        pipeline.output = sys::PieceSink([&](std::string_view bytes) { return script.write(bytes); });
        const auto output = TRY(sys::run_pipeline(pipeline));
        if (const auto well = output.verdict(); !well.ok()) return no(well.error().message);
        if (output.input_left)
            return no(fmt::format("'{}' goes on after the point where pg_restore stops reading", part.file));
        return script.close();
    }

    static Result<void> look_at_folder(const Part& part, sys::Source& plain, const postgres::Programs& programs,
                                       const World& world) {
        const auto folder = TRY(sys::ScratchFolder::make(scratch_of_dump));
        TRY(sys::extract_tar(plain, part.file, folder.path()));
        sys::Stage stage;
        stage.name = "pg_restore";
        stage.whose = sys::Whose::ours;
        stage.argv = {(programs.folder / "pg_restore").string(), "-f", "-", folder.path().string()};
        stage.any_path = true;
        stage.environment = sys::base_environment(world.variables);
        const auto child = TRY(sys::ChildSource::start(stage));
        NoSink none;
        Script script(part.file, signed_in(world), none);
        std::string piece(sys::stream_piece, '\0');
        while (true) {
            const auto count = child->read(piece);
            if (!count.ok())
                return no(fmt::format("'{}' is not a complete dump: {}", part.file, count.error().message));
            if (count.value() == 0) return script.close();
            TRY_VOID(script.write(std::string_view(piece).substr(0, count.value())));
        }
    }

    static Result<void> look_at_catalog(const Part& part, sys::Source& plain) {
        const auto text = TRY(sys::read_all(plain, longest_catalog, part.file));
        if (postgres::is_whole_catalog(text)) return {};
        return no(fmt::format("the catalog in '{}' lacks its end", part.file));
    }

    static Result<void> look_at_text(const Part& part, sys::Source& plain, const World& world) {
        NoSink none;
        Script script(part.file, signed_in(world), none);
        std::string tail, piece(sys::stream_piece, '\0');
        while (true) {
            const std::size_t count = TRY(plain.read(piece));
            if (count == 0) break;
            tail.append(piece, 0, count);
            if (part.format == "plain") TRY_VOID(script.write(std::string_view(piece).substr(0, count)));
            if (tail.size() > postgres::end_size) tail.erase(0, tail.size() - postgres::end_size);
        }
        if (postgres::has_end(tail)) return part.format == "plain" ? script.close() : Result<void>();
        return no(fmt::format("the dump in '{}' lacks its end", part.file));
    }
};

}

const Engine& postgres_engine() {
    static const Postgres engine;
    return engine;
}

}
