#include "migrate/files/folder.h"
#include "base/text.h"
#include "sys/files/beneath.h"
#include "sys/files/files.h"
#include "sys/sha256.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <optional>

namespace fairlead::migrate::files {

namespace {

constexpr std::string_view bom = "\xef\xbb\xbf";

Result<sys::FrozenText> read_text(const sys::Named& folder, const std::string& path) {
    const auto name = sys::Path(path).filename();
    auto read = sys::FrozenText::read(folder.root, sys::Path(folder.path) / name, longest_file);
    if (!read.ok()) {
        Error error = std::move(read).error();
        if (error.message.find(';') == error.message.npos) // it tells no way out yet
            error.message += "; restore the file, or delete that name; then run the command again";
        return error;
    }
    TRY_VOID(check_text(path, read->view()));
    return read;
}

Error twice(const std::string& version, const std::string& one, const std::string& other) {
    return usage(
        fmt::format("version {} is in two files, {} and {}; give one file another version", version, one, other));
}

// The ways of one file, each at most once.
struct Ways {
    std::optional<Script> up, down;
};

Result<Ways> ways_of(const std::string& path, const sys::FrozenText& file, Way way, sql::Dialect dialect) {
    Ways ways;
    auto text = file.view();
    if (text.starts_with(bom)) text.remove_prefix(bom.size());
    const auto comments = comments_of(text, dialect);
    TRY_VOID(check_marks(comments, path));
    for (const Part& part : parts_of(text, comments, way == Way::down)) {
        auto& script = part.is_down ? ways.down : ways.up;
        if (script)
            return usage(fmt::format("the mark '{}' is here a second time; write only one part for each way",
                                     part.is_down ? "down" : "up"),
                         {path, part.line, 0, ""});
        if (!part.is_whole && way != Way::both)
            return usage(
                "this file goes only one way, as its name says; leave the mark out, or name it VERSION_name.sql",
                {path, part.line, 0, ""});
        script =
            Script{path, file, text.substr(part.begin, part.end - part.begin), part.line, marks_of(part, comments), {}};
        TRY_VOID(check_together(script->marks, path, dialect));
    }
    if (way != Way::down && !ways.up)
        return usage("there is nothing after '-- fairlead: up'; write the way up before the way down",
                     {path, 1, 0, ""});
    return ways;
}

struct Reading {
    sql::Dialect dialect;
    sys::Named folder;
    std::map<std::string, Migration> found; // by version
    std::map<std::string, Script> backs;    // ways back that have a file of their own

    Result<void> take(const std::string& path, const FileName& name) {
        auto text = TRY(read_text(folder, path));
        auto ways = TRY(ways_of(path, text, name.way, dialect));
        const auto sum = checksum(text.view());
        for (auto* way : {&ways.up, &ways.down})
            if (*way) (*way)->checksum = sum;
        if (name.way == Way::down) {
            backs.try_emplace(name.version, std::move(*ways.down));
            return {};
        }
        Migration one{name.version, name.name, std::move(*ways.up), std::move(ways.down)};
        found.try_emplace(name.version, std::move(one));
        return {};
    }

    Result<void> join_ways() {
        for (auto& [version, back] : backs) {
            const auto up = found.find(version);
            if (up == found.end()) continue;
            if (up->second.down) return twice(version, up->second.up.path, back.path);
            up->second.down = std::move(back);
        }
        return {};
    }
};

}

Result<void> check_text(const std::string& path, std::string_view text) {
    bool is_utf8 = true;
    const auto is_good = [&](std::string_view piece) {
        is_utf8 = valid_utf8(piece);
        return is_utf8 && piece.find('\0') == piece.npos;
    };
    if (sys::in_pieces(text, is_good)) return {};
    int line = 1;
    for (std::size_t begin = 0; begin <= text.size(); ++line) {
        const auto end = std::min(text.find('\n', begin), text.size());
        const auto each = text.substr(begin, end - begin);
        if (!valid_utf8(each) || each.find('\0') != each.npos) break;
        begin = end + 1;
    }
    return no(is_utf8 ? "it has a NUL byte, which SQL never has; save the file as UTF-8"
                      : "not UTF-8, and the database would read these bytes as other letters; save the file as UTF-8",
              {path, line, 0, ""});
}

std::string checksum(std::string_view text) {
    if (text.starts_with(bom)) text.remove_prefix(bom.size());
    text = text.substr(0, text.find_last_not_of(" \t\r\n\f\v") + 1);
    sys::Sha256 sum;
    sys::in_pieces(text, [&](std::string_view piece) {
        sum.add(piece.find('\r') == piece.npos ? piece : std::string_view(replace_all(piece, "\r\n", "\n")));
        return true;
    });
    return sum.finish();
}

Result<void> check_file(const std::string& path, const sys::FrozenText& text, Layout layout, sql::Dialect dialect) {
    const auto name = parse_name(sys::Path(path).filename().string(), layout);
    TRY(ways_of(path, text, name ? name->way : Way::both, dialect));
    return {};
}

namespace {

bool is_sql(std::string_view file) { return lower(file).ends_with(".sql"); }

// "7_x.sq", "7_x.sql.txt": a migration's name but for its end. What says that it is put aside is left alone.
std::optional<std::string> meant_as(std::string_view file, Layout layout) {
    for (const std::string_view aside : {".bak", ".orig", ".disabled", ".example", ".skip", ".swp", "~"})
        if (file.ends_with(aside)) return std::nullopt;
    auto stem = file.substr(0, file.rfind('.'));
    const auto whole = lower(file);
    if (const auto end = whole.find(".sql."); end != whole.npos) stem = file.substr(0, end);
    const auto ending = whole.substr(stem.size());
    const bool is_way = ending == ".up" || ending == ".down";
    const bool is_meant = is_way || ending.starts_with(".sql") || ending == ".sq" || ending == ".psql" ||
                          ending == ".pgsql" || ending == ".pg" || ending == ".ddl" || ending == ".plsql" ||
                          ending == ".mysql" || ending == ".sl" || ending == ".sqll" || ending.empty();
    const auto name = std::string(is_way ? file : stem) + ".sql";
    if (!is_meant || !parse_name(name, layout)) return std::nullopt;
    return name;
}

// Puts each entry of a folder where it belongs: migrations, what was meant to be one, and all others.
class EntrySorter {
  public:
    explicit EntrySorter(Layout layout) : layout_(layout) {}

    Result<void> take_folder(const std::string& file, const sys::Path& at) {
        const auto path = at.string();
        const auto below = TRY(sys::glob(at, "**"));
        if (parse_name(file, layout_))
            names_.faults.push_back({usage(fmt::format("{} is a folder with the name of a migration; put the file "
                                                       "there, or give the folder another name",
                                                       path)),
                                     path});
        else if (is_sql(file) || std::any_of(below.begin(), below.end(), is_sql))
            names_.strays.push_back({path, "folder; migrations in it are not run; put them into the folder above, "
                                           "or move it elsewhere"});
        else
            names_.others.push_back(file + "/");
        return {};
    }

    void take_file(const std::string& file, const std::string& path) {
        if (!is_sql(file)) return take_other(file, path);
        if (const auto name = parse_name(file, layout_)) {
            names_.files.push_back({path, *name});
            const auto [other, fresh] = (name->way == Way::down ? downs_ : ups_).try_emplace(name->version, path);
            if (!fresh) names_.faults.push_back({twice(name->version, other->second, path), path});
        } else if (layout_ == Layout::flyway && file.starts_with("R__")) {
            names_.faults.push_back(
                {usage(fmt::format("Flyway repeats {} whenever it changes, and only Flyway does so; let Flyway run "
                                   "this folder, or give the file a version: V2__name.sql",
                                   path)),
                 path});
        } else {
            names_.strays.push_back(
                {path, layout_ == Layout::flyway
                           ? "file; it is not run: its name is not V1_2__name.sql or U1_2__name.sql; "
                             "give it such a name, or move it elsewhere"
                           : "file; it is not run: its name is not 42_name.up.sql, 42_name.down.sql "
                             "or 42_name.sql; give it such a name, or move it elsewhere"});
        }
    }

    // With the faults that only all entries together show.
    Names finish() && {
        for (const auto& [version, path] : downs_)
            if (!ups_.contains(version))
                names_.faults.push_back(
                    {usage(fmt::format(
                         "{} takes version {} back, and no file applies that version; bring its way up back "
                         "from the branch that had it; delete this file only if that version was never applied",
                         path, version)),
                     path, version});
        return std::move(names_);
    }

  private:
    void take_other(const std::string& file, const std::string& path) {
        const auto meant = meant_as(file, layout_);
        if (!meant) return names_.others.push_back(file);
        names_.strays.push_back({path, fmt::format("file; it is not run: its name does not end in .sql; call it "
                                                   "{}, or move it elsewhere",
                                                   *meant)});
    }

    const Layout layout_;
    Names names_;
    std::map<std::string, std::string> ups_, downs_; // paths by version
};

}

Result<Names> names_in(const std::string& folder, Layout layout) {
    EntrySorter entries(layout);
    for (const auto& file : TRY(sys::list_folder(folder))) {
        if (file.starts_with('.')) continue;
        const sys::Path at = (sys::Path(folder) / file).lexically_normal();
        if (sys::inspect(at).type == sys::FileType::folder)
            TRY_VOID(entries.take_folder(file, at));
        else
            entries.take_file(file, at.string());
    }
    return std::move(entries).finish();
}

std::string nothing_in(const std::string& folder, const std::vector<std::string>& others) {
    constexpr std::size_t most = 5;
    if (sys::inspect(folder).type == sys::FileType::absent)
        return fmt::format("the folder of migrations '{}' is not there", folder);
    auto text = fmt::format("no migration is in the folder '{}'", folder);
    if (others.empty()) return text;
    const std::vector<std::string> shown(others.begin(),
                                         others.begin() + static_cast<std::ptrdiff_t>(std::min(most, others.size())));
    return text + fmt::format(" ({} that {} not *.sql: {}{})",
                              others.size() == 1 ? "1 entry" : fmt::format("{} entries", others.size()),
                              others.size() == 1 ? "is" : "are", join(shown, ", "), others.size() > most ? ", …" : "");
}

Result<Folder> read_folder(const std::string& folder, Layout layout, sql::Dialect dialect) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(folder, ignored))
        return usage(fmt::format("the folder of migrations '{}' is not there; make it, or say migrate.dir in "
                                 "fairlead.yml",
                                 folder));
    Folder all;
    auto names = TRY(names_in(folder, layout));
    for (auto& fault : names.faults) {
        if (fault.only_back.empty()) return fault.error;
        all.only_back.push_back(std::move(fault));
    }
    all.strays = std::move(names.strays);
    all.others = std::move(names.others);
    const auto named = TRY(sys::named_by_person(std::filesystem::current_path(), folder));
    Reading reading{dialect, named, {}, {}};
    for (const auto& file : names.files) TRY_VOID(reading.take(file.path, file.name));
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
