#pragma once
#include "base/text.h"
#include "migrate/drivers/driver.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include <string>

// What the real tools printed: Alembic 1.20, Django 5.2, Flyway 11.8, on PostgreSQL 15.
namespace fairlead::test {

inline migrate::drivers::Seen seen(std::string out, std::vector<std::string> recorded) {
    migrate::drivers::Seen seen;
    seen.out = std::move(out);
    seen.address = "postgresql://db/shop";
    seen.records.is_there = true;
    for (auto& version : recorded) seen.records.rows.push_back({std::move(version)});
    return seen;
}

// A folder with files, as a project that nobody starts.
struct Folder {
    sys::TemporaryFolder folder = std::move(sys::TemporaryFolder::make("fairlead project")).value();

    Folder() = default;
    template <std::size_t N>
    explicit Folder(const char* const (&files)[N][2]) {
        for (const auto& [path, text] : files) add(path, text);
    }
    void add(const std::string& path, std::string_view text = "") const {
        REQUIRE(sys::make_folders((folder.path() / path).parent_path()).ok());
        REQUIRE(sys::write_file(folder.path() / path, text).ok());
    }
    migrate::drivers::Tree tree() const {
        auto tree = migrate::drivers::Tree::of_work_tree(folder.path());
        REQUIRE(tree.ok());
        return std::move(tree).value();
    }
    migrate::drivers::Project project() const { return {tree(), tree(), {}, nullptr}; }
};

inline migrate::drivers::Records recorded(std::vector<std::string> versions) {
    migrate::drivers::Records records;
    records.is_there = true;
    for (auto& version : versions) records.rows.push_back({std::move(version)});
    return records;
}

// "one:applied two:pending"
inline std::string states(const migrate::drivers::Standing& standing) {
    std::string text;
    for (const auto& one : standing.all)
        text += (text.empty() ? "" : " ") + one.version + ":" + std::string(name_of(one.state));
    return text;
}

// "versions/a.py:3: down_revision is not a plain value!"; "!": it decides
inline std::string unread(const migrate::drivers::Standing& standing) {
    std::string text;
    for (const auto& one : standing.unread)
        text += (text.empty() ? "" : "\n") + one.file + ":" + std::to_string(one.line) + ": " + one.message +
                (one.decides ? "!" : "");
    return text;
}

inline std::string words(const Result<std::vector<migrate::drivers::Words>>& commands) {
    if (!commands.ok()) return commands.error().message;
    std::string text;
    for (const auto& one : commands.value()) text += (text.empty() ? "" : "; ") + join(one, " ");
    return text;
}

}
