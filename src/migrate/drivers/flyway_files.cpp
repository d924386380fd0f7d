#include "migrate/drivers/flyway_files.h"
#include "base/text.h"
#include "migrate/files/name.h"
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <set>

namespace fairlead::migrate::drivers {

namespace {

using State = Migration::State;

constexpr std::array<std::uint32_t, 256> crc_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) value = (value & 1U) != 0 ? 0xEDB88320U ^ (value >> 1U) : value >> 1U;
        table[i] = value;
    }
    return table;
}

struct Found {
    std::string version; // as plain_version() writes it; empty: repeatable
    Migration migration;
    std::string path; // from the project's folder
};

// One of the table's rows counts: the last of its version that is neither taken back nor deleted.
struct Row {
    const Record* record = nullptr;
    bool is_baseline = false;
    std::int32_t checksum = 0;
};

class Reader {
  public:
    Reader(const Project& project, const Records& records) : project_(project), records_(records) {}

    Standing read() {
        places_ = flyway_places(project_);
        standing_.unread = places_.unread;
        standing_.places = places_.folders;
        for (const auto& folder : places_.folders) list(folder, 0);
        rows();
        order();
        for (auto& one : versioned_) put(one);
        for (auto& one : repeated_) put_repeated(one);
        for (const auto& [version, row] : rows_)
            if (!seen_.contains(version) && !row.is_baseline) put_unknown(*row.record);
        if (versioned_.empty() && repeated_.empty()) say_where();
        return std::move(standing_);
    }

  private:
    // No migration is there; are some elsewhere?
    void say_where() {
        const bool is_said = std::any_of(std::begin(flyway_files), std::end(flyway_files),
                                         [&](const char* file) { return project_.word.has_file(file); });
        std::set<std::string> folders;
        for (const auto& file : project_.files.walk("").files) {
            const sys::Path path(file);
            const auto name = path.filename().string();
            const auto end = name.find(places_.separator);
            if (name.ends_with(".sql") && name.starts_with(places_.prefix) && end != name.npos &&
                files::plain_version(
                    replace_all(name.substr(places_.prefix.size(), end - places_.prefix.size()), "_", ".")))
                folders.insert(path.has_parent_path() ? path.parent_path().string() : ".");
        }
        const std::vector<std::string> all(folders.begin(), folders.end());
        const auto here = all.empty()
                              ? std::string()
                              : fmt::format("{} {} migrations: ", join(all, ", "), all.size() == 1 ? "has" : "have");
        const auto first = all.empty() ? std::string("FOLDER") : all.front();
        standing_.way_out = is_said
                                ? fmt::format("{}correct flyway.locations in flyway.conf or flyway.toml", here)
                                : fmt::format("{}say migrate.dir: {} in fairlead.yml; no flyway.conf or flyway.toml "
                                              "is here",
                                              here, first);
    }

    void list(const std::string& folder, int depth) {
        constexpr int deepest = 12;
        const auto entries = project_.files.list(folder);
        if (!entries.ok()) return standing_.unread.push_back({folder, 0, entries.error().message});
        for (const auto& entry : entries.value()) {
            const auto path = folder == "." ? entry.name : folder + "/" + entry.name;
            if (entry.is_folder && depth < deepest)
                list(path, depth + 1);
            else if (!entry.is_folder)
                take(path, entry.name);
        }
    }

    void take(const std::string& path, const std::string& file) {
        const auto suffix = std::find_if(places_.suffixes.begin(), places_.suffixes.end(),
                                         [&](const std::string& one) { return !one.empty() && file.ends_with(one); });
        if (suffix == places_.suffixes.end()) {
            const bool is_code = file.ends_with(".java") || file.ends_with(".kt") || file.ends_with(".class");
            if (is_code && (file.starts_with(places_.prefix) || file.starts_with(places_.repeatable)))
                standing_.unread.push_back({path, 0, "is a migration in code"});
            return;
        }
        const auto stem = file.substr(0, file.size() - suffix->size());
        const auto separator = stem.find(places_.separator);
        if (separator == stem.npos) return;
        const auto name = replace_all(stem.substr(separator + places_.separator.size()), "_", " ");
        const auto full = (project_.files.folder() / path).string();
        const auto head = stem.substr(0, separator);
        if (head == places_.repeatable) {
            repeated_.push_back({"", {.version = file, .name = name, .file = full}, path});
        } else if (head.starts_with(places_.prefix)) {
            const auto written = head.substr(places_.prefix.size());
            const auto version = files::plain_version(replace_all(written, "_", "."));
            if (!version) return standing_.unread.push_back({path, 0, fmt::format("'{}' is not a version", written)});
            versioned_.push_back(
                {*version, {.version = replace_all(written, "_", "."), .name = name, .file = full}, path});
        } else if (head.starts_with('B') && files::plain_version(head.substr(1))) {
            standing_.unread.push_back({path, 0, "is a baseline migration, which is only for a new database", false});
        }
    }

    void rows() {
        for (const Record& record : records_.rows) {
            const auto type = record.note.substr(0, record.note.find(' '));
            const auto version = files::plain_version(record.version).value_or(record.version);
            if (type.starts_with("UNDO") || type == "DELETE") {
                rows_.erase(version);
                continue;
            }
            Row row{&record, type == "BASELINE", 0};
            const auto sum = record.note.find(' ');
            if (const auto value = parse_integer(sum == record.note.npos ? "0" : record.note.substr(sum + 1));
                value.ok())
                row.checksum = static_cast<std::int32_t>(value.value());
            if (row.is_baseline) baseline_ = version;
            rows_[version] = row;
        }
    }

    void order() {
        std::stable_sort(versioned_.begin(), versioned_.end(), [](const Found& one, const Found& other) {
            return files::is_before(one.version, other.version);
        });
        std::stable_sort(repeated_.begin(), repeated_.end(), [](const Found& one, const Found& other) {
            return one.migration.name < other.migration.name;
        });
        for (std::size_t i = 1; i < versioned_.size(); ++i)
            if (versioned_[i].version == versioned_[i - 1].version)
                standing_.trouble =
                    no(fmt::format("version {} is in two files, {} and {}; give one file another version",
                                   versioned_[i].migration.version, versioned_[i - 1].path, versioned_[i].path));
        for (const auto& [version, row] : rows_)
            if (files::plain_version(version) && (last_.empty() || files::is_before(last_, version))) last_ = version;
    }

    void put(Found& one) {
        const auto row = rows_.find(one.version);
        seen_.insert(one.version);
        if (row == rows_.end() && !baseline_.empty() && files::is_before(one.version, baseline_)) return;
        if (row == rows_.end() && !last_.empty() && files::is_before(one.version, last_) && !places_.out_of_order) {
            standing_.unread.push_back({one.path, 0,
                                        fmt::format("is not applied, and the later version {} is applied: Flyway skips "
                                                    "the file unless outOfOrder is set",
                                                    last_),
                                        false});
            return;
        }
        if (row != rows_.end()) {
            apply(one.migration, *row->second.record);
            compare(one, row->second);
        }
        standing_.all.push_back(std::move(one.migration));
    }

    void apply(Migration& one, const Record& record) {
        one.state = record.state;
        one.when = record.when;
        if (record.state != State::failed) return;
        standing_.trouble = no(fmt::format("version {} failed halfway, because it did not run in one transaction; "
                                           "clean up what it left, then run: flyway repair",
                                           one.version));
    }

    // Flyway validates before it migrates.
    void refuse(Migration& one, std::string why) {
        if (!standing_.trouble) standing_.trouble = no(why);
        one.wrong = std::move(why);
    }

    // Of a versioned one its bytes count, without what Flyway fills in.
    void compare(Found& one, const Row& row) {
        const bool is_sql = row.record->note.starts_with("SQL ");
        if (!is_sql || row.checksum == 0 || one.migration.state != State::applied) return;
        const auto text = project_.files.text(one.path, 64U << 20U);
        if (!text.ok() || !text.value()) {
            standing_.unread.push_back({one.path, 0, text.ok() ? "is gone" : text.error().message});
        } else if (valid_utf8(*text.value()) && flyway_checksum(*text.value()) != row.checksum) {
            one.migration.is_changed = true;
            refuse(one.migration,
                   fmt::format("version {} was changed after it was applied (checksum then {}, now {}); restore the "
                               "file, or, if you know that the change has no effect, run: flyway repair",
                               one.migration.version, row.checksum, flyway_checksum(*text.value())));
        }
    }

    // It runs again whenever it changes.
    void put_repeated(Found& one) {
        const auto row = rows_.find(one.migration.version);
        seen_.insert(one.migration.version);
        if (row != rows_.end()) {
            apply(one.migration, *row->second.record);
            const auto text = project_.files.text(one.path, 64U << 20U);
            if (!text.ok() || !text.value())
                standing_.unread.push_back({one.path, 0, text.ok() ? "is gone" : text.error().message});
            else if (text.value()->find("${") != std::string::npos)
                standing_.unread.push_back(
                    {one.path, 0, "has placeholders that Flyway fills in, so only Flyway knows whether it changed",
                     false});
            else if (one.migration.state == State::applied && flyway_checksum(*text.value()) != row->second.checksum)
                one.migration.state = State::pending;
        }
        standing_.all.push_back(std::move(one.migration));
    }

    void put_unknown(const Record& record) {
        const bool is_code = record.note.starts_with("JDBC") || record.note.starts_with("SPRING");
        Migration one{
            .version = record.version, .state = is_code ? State::applied : State::unknown, .when = record.when};
        if (!is_code)
            refuse(one, fmt::format("version {} is applied, and no file has it; bring the file back, or run: flyway "
                                    "repair",
                                    record.version));
        standing_.all.push_back(std::move(one));
    }

    const Project& project_;
    const Records& records_;
    FlywayPlaces places_;
    Standing standing_;
    std::vector<Found> versioned_, repeated_;
    std::map<std::string, Row> rows_; // by version, as plain_version() writes it, or by the file's name
    std::set<std::string> seen_;
    std::string baseline_, last_;
};

}

std::int32_t flyway_checksum(std::string_view text) {
    static constexpr auto table = crc_table();
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::uint32_t sum = 0xFFFFFFFFU;
    for (const char c : text)
        if (c != '\n' && c != '\r') sum = table[(sum ^ static_cast<unsigned char>(c)) & 0xFFU] ^ (sum >> 8U);
    return static_cast<std::int32_t>(~sum);
}

Result<Standing> read_flyway(const Project& project, const Records& records) { return Reader(project, records).read(); }

}
