#include "migrate/files/folder.h"
#include "base/text.h"
#include "sys/digest.h"
#include "sys/files/beneath.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <map>

namespace fairlead::migrate::files {

namespace {

constexpr std::uint64_t longest_file = 1ULL << 30;
constexpr std::string_view bom = "\xef\xbb\xbf";

Result<std::string> read_text(const std::string& path) {
    const auto named = TRY(sys::named_by_person(std::filesystem::current_path(), path));
    auto text = TRY(named.root.read(named.path, longest_file));
    if (valid_utf8(text)) return text;
    int line = 1;
    for (const auto& each : split(text, '\n')) {
        if (!valid_utf8(each)) break;
        ++line;
    }
    return no("not UTF-8, and the database would take these bytes for other letters; save the file as UTF-8",
              {path, line, 0, ""});
}

// The ways of one file, each at most once.
struct Ways {
    std::optional<Script> up, down;
};

Result<Ways> ways_of(const std::string& path, std::string_view text, Way way, sql::Dialect dialect) {
    Ways ways;
    if (text.starts_with(bom)) text.remove_prefix(bom.size());
    const auto comments = comments_of(text, dialect);
    TRY_VOID(check_marks(comments, path));
    for (const Part& part : parts_of(text, comments, way == Way::down)) {
        auto& script = part.is_down ? ways.down : ways.up;
        if (script)
            return usage(fmt::format("the mark '{}' stands here a second time; each way has one part",
                                     part.is_down ? "down" : "up"),
                         {path, part.line, 0, ""});
        if (!part.is_whole && way != Way::both)
            return usage("this file goes one way only, as its name says; leave the mark out, or name it "
                         "VERSION_name.sql",
                         {path, part.line, 0, ""});
        script = Script{path, std::string(text.substr(part.begin, part.end - part.begin)), part.line,
                        marks_of(part, comments)};
    }
    return ways;
}

struct Reading {
    Layout layout;
    sql::Dialect dialect;
    std::map<std::string, Migration> found; // by version
    std::map<std::string, Script> backs;    // ways back that have a file of their own

    Result<void> take(const std::string& path, const FileName& name) {
        auto text = TRY(read_text(path));
        auto ways = TRY(ways_of(path, text, name.way, dialect));
        if (name.way == Way::down) {
            const auto [back, fresh] = backs.try_emplace(name.version, std::move(*ways.down));
            return fresh ? Result<void>() : twice(name.version, back->second.path, path);
        }
        if (!ways.up)
            return usage("nothing stands behind '-- fairlead: up'; write the way up before the way down",
                         {path, 1, 0, ""});
        Migration one{name.version, name.name, checksum(text), std::move(*ways.up), std::move(ways.down)};
        const auto [other, fresh] = found.try_emplace(name.version, std::move(one));
        return fresh ? Result<void>() : twice(name.version, other->second.up.path, path);
    }

    static Error twice(const std::string& version, const std::string& one, const std::string& other) {
        return usage(fmt::format("version {} is that of two files, {} and {}; give one of them a version of its own",
                                 version, one, other));
    }

    Result<void> join_ways() {
        for (auto& [version, back] : backs) {
            const auto up = found.find(version);
            if (up == found.end())
                return usage(fmt::format("{} takes version {} back, and no file goes there; write its way up, or "
                                         "delete it",
                                         back.path, version));
            if (up->second.down) return twice(version, up->second.up.path, back.path);
            up->second.down = std::move(back);
        }
        return {};
    }
};

}

std::string checksum(std::string_view text) {
    if (text.starts_with(bom)) text.remove_prefix(bom.size());
    auto plain = text.find('\r') == text.npos ? std::string(text) : replace_all(text, "\r\n", "\n");
    plain.erase(plain.find_last_not_of(" \t\r\n\f\v") + 1);
    return sys::sha256(plain);
}

Result<Folder> read_folder(const std::string& folder, Layout layout, sql::Dialect dialect) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(folder, ignored))
        return usage(fmt::format("the folder of migrations '{}' is not there; make it, or say migrate.dir in "
                                 "fairlead.yml",
                                 folder));
    Folder all;
    Reading reading{layout, dialect, {}, {}};
    for (const auto& file : TRY(sys::glob(folder, "*.sql"))) {
        const auto path = (sys::Path(folder) / file).lexically_normal().string();
        const auto name = parse_name(file, layout);
        if (name) {
            TRY_VOID(reading.take(path, *name));
            continue;
        }
        if (layout == Layout::flyway && file.starts_with("R__"))
            return usage(
                fmt::format("{} is repeated by Flyway whenever it changes, and only Flyway does so; let Flyway "
                            "run this folder, or give the file a version: V2__name.sql",
                            path));
        all.nameless.push_back(path);
    }
    TRY_VOID(reading.join_ways());
    for (auto& [version, one] : reading.found) all.all.push_back(std::move(one));
    std::sort(all.all.begin(), all.all.end(),
              [](const Migration& one, const Migration& other) { return is_before(one.version, other.version); });
    return all;
}

const Migration* find(const std::vector<Migration>& all, std::string_view version) {
    const auto at = std::find_if(all.begin(), all.end(), [&](const Migration& one) { return one.version == version; });
    return at == all.end() ? nullptr : &*at;
}

}
